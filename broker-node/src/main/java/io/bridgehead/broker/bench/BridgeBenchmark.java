package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code bench bridge}: throughput and round trips of one bridge. With a proxy the two take turns, and swap who is
 * first in each round; the same two threads of the same process measure both. Each round has new connections, so that
 * no contestant keeps a lucky placement.
 */
@Command(
        name = "bridge",
        description = "Throughput and round trips of one bridge; beside a TCP proxy when one is given.",
        mixinStandardHelpOptions = true)
final class BridgeBenchmark extends Benchmark {

    private static final String BROKER = "broker";
    private static final String RELAY = "relay";

    @Option(
            names = "--broker",
            paramLabel = "HOST:PORT",
            split = ",",
            converter = HostPort.class,
            description = "its line protocol; two of a cluster: the first user's node, and the second's")
    private List<InetSocketAddress> brokers = List.of();

    @Option(names = "--proxy", paramLabel = "HOST:PORT", converter = HostPort.class, description = "its front")
    private InetSocketAddress proxy;

    @Option(
            names = "--backend-port",
            paramLabel = "PORT",
            description = "where the proxy connects to; this command listens there")
    private int backendPort;

    @Option(
            names = "--relay",
            paramLabel = "HOST:PORT",
            converter = HostPort.class,
            description = "where a relay's clients come in")
    private InetSocketAddress relay;

    @Option(
            names = "--relay-backend-port",
            paramLabel = "PORT",
            description = "what the relay's host agent connects to; this command listens there")
    private int relayBackendPort;

    @Option(names = "--proxy-name", paramLabel = "NAME", defaultValue = "proxy", description = "in the report")
    private String proxyName;

    @Option(names = "--seconds", defaultValue = "5", description = "of throughput in a round; ${DEFAULT-VALUE}")
    private double seconds;

    @Option(names = "--warm-up", defaultValue = "2", description = "seconds before each; ${DEFAULT-VALUE}")
    private double warmUp;

    @Option(names = "--rounds", defaultValue = "3", description = "${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--round-trips", defaultValue = "50000", description = "in a round; ${DEFAULT-VALUE}")
    private int roundTrips;

    @Option(
            names = "--chunk",
            defaultValue = "64KiB",
            converter = ByteCount.class,
            description = "bytes of one write; ${DEFAULT-VALUE}")
    private int chunk;

    @Option(
            names = "--verify",
            defaultValue = "128MiB",
            converter = ByteCount.class,
            description = "bytes compared one by one before measuring; ${DEFAULT-VALUE}")
    private int verify;

    @Option(
            names = "--payload",
            defaultValue = "random",
            converter = PayloadKind.class,
            description = "random, text or zeros; ${DEFAULT-VALUE}")
    private Payload.Kind kind;

    private final Map<String, List<Double>> found = new TreeMap<>();

    @Override
    Report measure() throws IOException, InterruptedException {
        require(!brokers.isEmpty() || proxy != null || relay != null, "--broker", "none", "it, --proxy or both");
        require(brokers.isEmpty() || relay == null, "--relay", relay, "none, or no --broker");
        require(
                relay == null || relayBackendPort > 0 && relayBackendPort <= 65_535,
                "--relay-backend-port",
                relayBackendPort,
                "1..65535");
        require(brokers.size() <= 2, "--broker", brokers.size() + " of them", "one or two");
        require(proxy == null || backendPort > 0 && backendPort <= 65_535, "--backend-port", backendPort, "1..65535");
        require(seconds > 0 && seconds <= 3600, "--seconds", seconds, "above 0, up to 3600");
        require(warmUp >= 0 && warmUp <= 3600, "--warm-up", warmUp, "0..3600");
        require(rounds > 0, "--rounds", rounds, "1 or more");
        require(roundTrips > 0, "--round-trips", roundTrips, "1 or more");
        List<String> order = new ArrayList<>();
        if (!brokers.isEmpty()) {
            order.add(BROKER);
        }
        if (relay != null) {
            order.add(RELAY);
        }
        if (proxy != null) {
            order.add(proxyName);
        }
        Traffic traffic = new Traffic(new Payload(kind, chunk), chunk);
        for (String contestant : order) {
            try (Pair pair = open(contestant)) {
                traffic.verify(pair, verify);
            }
            progress("%s: %,d bytes arrived as they were sent".formatted(contestant, verify));
        }
        for (int round = 1; round <= rounds; round++) {
            for (String contestant : round % 2 == 1 ? order : order.reversed()) {
                round(round, contestant, traffic);
            }
        }
        return report(order);
    }

    private void round(int round, String contestant, Traffic traffic) throws IOException, InterruptedException {
        try (Pair pair = open(contestant)) {
            if (warmUp > 0) {
                traffic.megabytesPerSecond(pair, time(warmUp));
            }
            double throughput = traffic.megabytesPerSecond(pair, time(seconds));
            traffic.roundTrips(pair, Math.max(1, roundTrips / 5));
            Percentiles trips = new Percentiles(traffic.roundTrips(pair, roundTrips));
            note(contestant, "throughput", throughput);
            note(contestant, "p50", trips.micros(50));
            note(contestant, "p99", trips.micros(99));
            note(contestant, "p99.9", trips.micros(99.9));
            progress("round %d, %s: %,.0f MB/s, round trip p50 %.1f µs, p99 %.1f µs, p99.9 %.1f µs"
                    .formatted(
                            round,
                            contestant,
                            throughput,
                            trips.micros(50),
                            trips.micros(99),
                            trips.micros(99.9)));
        }
    }

    private Pair open(String contestant) throws IOException {
        return switch (contestant) {
            case BROKER -> Pair.throughBroker(brokers.getFirst(), brokers.getLast());
            case RELAY -> Pair.throughProxy(relay, relayBackendPort);
            default -> Pair.throughProxy(proxy, backendPort);
        };
    }

    private void note(String contestant, String what, double value) {
        found.computeIfAbsent(contestant + " " + what, key -> new ArrayList<>()).add(value);
    }

    private Report report(List<String> order) {
        List<Figure> figures = new ArrayList<>();
        for (String contestant : order) {
            figures.add(new Figure(contestant, "throughput", "MB/s", found.get(contestant + " throughput")));
            for (String percentile : List.of("p50", "p99", "p99.9")) {
                figures.add(new Figure(
                        contestant, "round trip " + percentile, "µs", found.get(contestant + " " + percentile)));
            }
        }
        Map<String, Object> settings = new TreeMap<>(Map.of(
                "seconds", seconds,
                "warmUp", warmUp,
                "rounds", rounds,
                "roundTrips", roundTrips,
                "chunk", chunk,
                "verifiedBytes", verify,
                "payload", kind.name()));
        return new Report("bridge", settings, figures);
    }

    private static Duration time(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static final class PayloadKind implements ITypeConverter<Payload.Kind> {

        @Override
        public Payload.Kind convert(String text) {
            return switch (text) {
                case "random" -> Payload.Kind.RANDOM;
                case "text" -> Payload.Kind.TEXT;
                case "zeros" -> Payload.Kind.ZEROS;
                default -> throw new TypeConversionException("'%s' (expected: random, text or zeros)".formatted(text));
            };
        }
    }
}
