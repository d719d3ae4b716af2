package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench idle}: what a registered user, or a plain connection, costs in resident memory. */
@Command(
        name = "idle",
        description = "Memory per idle user: resident memory of a process before and after they came.",
        mixinStandardHelpOptions = true)
final class IdleBenchmark extends Benchmark {

    @Option(
            names = "--broker",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPort.class,
            description = "or, with --plain, anything that listens on TCP")
    private InetSocketAddress broker;

    @Option(names = "--pid", required = true, description = "the process to measure, on this machine")
    private long pid;

    @Option(names = "--users", defaultValue = "15000", description = "${DEFAULT-VALUE}")
    private int users;

    @Option(names = "--plain", description = "open connections without registering")
    private boolean plain;

    @Option(
            names = "--backend-port",
            paramLabel = "PORT",
            description = "with --plain: also listen there for what a proxy connects for each of them")
    private int backendPort;

    @Option(names = "--collect", description = "also have the process, a JVM, collect garbage, and measure what stays")
    private boolean collect;

    @Option(names = "--hold", defaultValue = "0", description = "seconds to stay afterwards; ${DEFAULT-VALUE}")
    private int hold;

    @Option(names = "--label", paramLabel = "NAME", defaultValue = "broker", description = "in the report")
    private String label;

    @Override
    Report measure() throws IOException, InterruptedException {
        require(users > 0 && users <= 99_999, "--users", users, "1..99999");
        require(backendPort >= 0 && backendPort <= 65_535, "--backend-port", backendPort, "1..65535");
        require(backendPort == 0 || plain, "--backend-port", backendPort, "with --plain only");
        require(hold >= 0, "--hold", hold, "0 or more");
        ResidentMemory memory = new ResidentMemory(pid);
        try (Crowd crowd = new Crowd(broker, !plain)) {
            if (backendPort > 0) {
                crowd.playBackend(new InetSocketAddress(broker.getAddress(), backendPort));
            }
            if (collect) {
                memory.collectGarbage();
            }
            long before = memory.settled(crowd::hold);
            long start = System.nanoTime();
            crowd.admit(users);
            double seconds = (System.nanoTime() - start) / 1e9;
            progress("%,d are in after %.1f s".formatted(users, seconds));
            long after = memory.settled(crowd::hold);
            List<Figure> figures = new ArrayList<>(List.of(
                    Figure.once(label, plain ? "connections" : "users", "", users),
                    Figure.once(label, "came in", "per second", users / seconds),
                    Figure.once(label, "resident before", "MiB", before / 1024.0),
                    Figure.once(label, "resident after", "MiB", after / 1024.0),
                    Figure.once(label, "memory taken for each", "KiB", (double) (after - before) / users),
                    // the upper bound: a process may put users into memory it had already before they came
                    Figure.once(label, "whole process for each", "KiB", (double) after / users)));
            if (collect) {
                memory.collectGarbage();
                long kept = memory.settled(crowd::hold);
                figures.add(Figure.once(
                        label, "memory held for each, garbage collected", "KiB", (double) (kept - before) / users));
            }
            crowd.hold(Duration.ofSeconds(hold));
            figures.add(Figure.once(label, "lost while idle", "", crowd.lost()));
            Map<String, Object> settings = new TreeMap<>(Map.of("users", users, "plain", plain, "hold", hold));
            return new Report("idle", settings, figures);
        }
    }
}
