package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench registrations}: how fast users get in. Each connects, registers, reads the answer and leaves. */
@Command(
        name = "registrations",
        description = "Registrations per second: connect, register, read the answer, leave.",
        mixinStandardHelpOptions = true)
final class RegistrationsBenchmark extends Benchmark {

    @Option(
            names = "--broker",
            required = true,
            paramLabel = "HOST:PORT",
            split = ",",
            converter = HostPort.class,
            description = "its line protocol; several of a cluster take turns")
    private List<InetSocketAddress> brokers;

    @Option(names = "--users", defaultValue = "10000", description = "${DEFAULT-VALUE}")
    private int users;

    @Option(names = "--parallel", defaultValue = "16", description = "at a time; ${DEFAULT-VALUE}")
    private int parallel;

    @Override
    Report measure() throws IOException, InterruptedException {
        require(users > 0, "--users", users, "1 or more");
        require(parallel > 0 && parallel <= 1000, "--parallel", parallel, "1..1000");
        Workers.run(Math.max(1, users / 5), parallel, number -> register("warm", number));
        long[] taken = new long[users];
        double seconds = Workers.run(users, parallel, number -> taken[number] = register("reg", number));
        Percentiles each = new Percentiles(taken);
        return new Report(
                "registrations",
                new TreeMap<>(Map.of("users", users, "parallel", parallel)),
                List.of(
                        Figure.once("broker", "registrations", "per second", users / seconds),
                        Figure.once("broker", "connect to registered p50", "µs", each.micros(50)),
                        Figure.once("broker", "connect to registered p99", "µs", each.micros(99))));
    }

    private long register(String prefix, int number) throws IOException {
        long start = System.nanoTime();
        try (LineClient user = LineClient.registered(at(number), number, prefix + number + "@example.org")) {
            return System.nanoTime() - start;
        }
    }

    private InetSocketAddress at(int number) {
        return brokers.get(number % brokers.size());
    }
}
