package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench connects}: how fast a call is put through to a callee that accepts at once. All pairs are registered
 * before the clock starts; every pair calls once.
 */
@Command(
        name = "connects",
        description = "From ;connect to ;connected at the caller; the callee accepts at once.",
        mixinStandardHelpOptions = true)
final class ConnectsBenchmark extends Benchmark {

    /** Connections for registering; not measured. */
    private static final int REGISTERING = 16;

    @Option(
            names = "--broker",
            required = true,
            paramLabel = "HOST:PORT",
            split = ",",
            converter = HostPort.class,
            description = "its line protocol; several of a cluster take turns, the callee is at the next one")
    private List<InetSocketAddress> brokers;

    @Option(names = "--pairs", defaultValue = "2000", description = "${DEFAULT-VALUE}")
    private int pairs;

    @Option(names = "--parallel", defaultValue = "1", description = "calls at a time; ${DEFAULT-VALUE}")
    private int parallel;

    @Override
    Report measure() throws IOException, InterruptedException {
        require(pairs > 0 && pairs <= 8_000, "--pairs", pairs, "1..8000, two sockets each");
        require(parallel > 0 && parallel <= 1000, "--parallel", parallel, "1..1000");
        long[] taken = new long[pairs];
        call("warm", new long[Math.max(1, pairs / 5)]);
        double seconds = call("call", taken);
        Percentiles each = new Percentiles(taken);
        return new Report(
                "connects",
                new TreeMap<>(Map.of("pairs", pairs, "parallel", parallel)),
                List.of(
                        Figure.once("broker", "connects", "per second", pairs / seconds),
                        Figure.once("broker", "connect to connected p50", "µs", each.micros(50)),
                        Figure.once("broker", "connect to connected p99", "µs", each.micros(99))));
    }

    /** Registers a pair for each element, then has each call once; the seconds of the calls alone. */
    private double call(String prefix, long[] taken) throws IOException, InterruptedException {
        LineClient[] callers = new LineClient[taken.length];
        LineClient[] callees = new LineClient[taken.length];
        try {
            Workers.run(taken.length, REGISTERING, number -> {
                callers[number] = LineClient.registered(at(number), number, callerId(prefix, number));
                callees[number] = LineClient.registered(at(number + 1), number, calleeId(prefix, number));
            });
            return Workers.run(taken.length, parallel, number -> taken[number] = Calls.connect(
                    callers[number], callerId(prefix, number), callees[number], calleeId(prefix, number)));
        } finally {
            close(callers);
            close(callees);
        }
    }

    private static void close(LineClient[] clients) throws IOException {
        for (LineClient client : clients) {
            if (client != null) {
                client.close();
            }
        }
    }

    private static String callerId(String prefix, int number) {
        return prefix + number + "-a@example.org";
    }

    private static String calleeId(String prefix, int number) {
        return prefix + number + "-b@example.org";
    }

    private InetSocketAddress at(int number) {
        return brokers.get(number % brokers.size());
    }
}
