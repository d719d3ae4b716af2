package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench signalling}: couples of peers send each other ICE candidates through the broker, and through a PeerServer
 * of PeerJS, in turns. The servers' processor time comes from {@code /proc}: what a core carries, whoever had more of them.
 */
@Command(
        name = "signalling",
        description = "Messages between WebRTC peers: how many, how fast, and what they cost; beside a PeerJS server.",
        mixinStandardHelpOptions = true)
final class SignallingBenchmark extends Benchmark {

    /** Of each run, until all couples are on their way. */
    private static final int SETTLE_SECONDS = 3;

    /** A server compiles anew what coming and going peers do; and PeerServer closes a peer that is silent for a minute. */
    private static final int WARM_UP_RUN_SECONDS = 6;

    @Option(
            names = "--broker",
            required = true,
            paramLabel = "HOST:PORT",
            split = ",",
            converter = HostPort.class,
            description = "signalling; of several nodes each couple uses two")
    private List<InetSocketAddress> brokers;

    @Option(names = "--broker-pid", required = true, split = ",", description = "its processes, on this machine")
    private List<Long> brokerPids;

    @Option(names = "--peerjs", paramLabel = "HOST:PORT", converter = HostPort.class, description = "a PeerServer")
    private InetSocketAddress peerJs;

    @Option(names = "--peerjs-pid", description = "its process, on this machine")
    private Long peerJsPid;

    @Option(names = "--couples", defaultValue = "100", description = "${DEFAULT-VALUE}")
    private int couples;

    @Option(
            names = "--burst",
            defaultValue = "1",
            description = "candidates that a peer sends at once, before the other answers; ${DEFAULT-VALUE}")
    private int burst;

    @Option(names = "--rate", defaultValue = "0", description = "messages a second of all together; 0: no limit")
    private int rate;

    @Option(names = "--rounds", defaultValue = "3", description = "${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "of each contestant in each round; ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description = "seconds at full load before the first round, in which a server compiles, in runs of at most "
                    + WARM_UP_RUN_SECONDS + "; ${DEFAULT-VALUE}")
    private int warmUp;

    private record Contestant(SignallingService service, List<Long> pids) {}

    @Override
    Report measure() throws IOException, InterruptedException {
        require(couples > 0 && couples <= 5_000, "--couples", couples, "1..5000, two sockets each");
        require(burst > 0 && burst <= 100, "--burst", burst, "1..100");
        require(rate >= 0, "--rate", rate, "0 or more");
        require(rounds > 0, "--rounds", rounds, "1 or more");
        require(seconds > 0, "--seconds", seconds, "1 or more");
        require(warmUp >= 0, "--warm-up", warmUp, "0 or more");
        require((peerJs == null) == (peerJsPid == null), "--peerjs-pid", peerJsPid, "with --peerjs, and only then");
        List<Contestant> contestants = new ArrayList<>();
        contestants.add(new Contestant(new SignallingService.Broker(brokers), brokerPids));
        if (peerJs != null) {
            contestants.add(new Contestant(new SignallingService.PeerJs(peerJs), List.of(peerJsPid)));
        }
        Map<String, Map<String, List<Double>>> found = new LinkedHashMap<>();
        for (Contestant each : contestants) {
            found.put(each.service().name(), new LinkedHashMap<>());
        }
        for (Contestant each : contestants) {
            for (int left = warmUp; left > 0; left -= WARM_UP_RUN_SECONDS) {
                run(each, 0, Math.min(left, WARM_UP_RUN_SECONDS), new LinkedHashMap<>());
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < contestants.size(); turn++) {
                Contestant next = contestants.get((round + turn) % contestants.size());
                run(next, rate, seconds, found.get(next.service().name()));
            }
            progress("round %d of %d".formatted(round + 1, rounds));
        }
        List<Figure> figures = new ArrayList<>();
        found.forEach((name, quantities) -> quantities.forEach((what, values) ->
                figures.add(new Figure(name, what, UNITS.get(what), values))));
        return new Report(
                "signalling",
                new TreeMap<>(Map.of(
                        "couples", couples, "burst", burst, "rate", rate, "rounds", rounds, "seconds", seconds, "warm-up", warmUp)),
                figures);
    }

    private static final Map<String, String> UNITS = Map.of(
            "messages", "per second",
            "message p50", "µs",
            "message p99", "µs",
            "cores used", "",
            "messages a core", "per second",
            "core time of one", "µs",
            "of it in the kernel", "µs");

    private void run(Contestant contestant, int perSecond, int length, Map<String, List<Double>> found)
            throws IOException, InterruptedException {
        try (Introduced introduced = new Introduced(contestant.service(), burst)) {
            introduced.add(couples);
            long interval = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) * couples * burst / perSecond;
            introduced.couples().forEach(couple -> couple.start(interval));
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);

            CpuTime before = CpuTime.of(contestant.pids());
            long start = System.nanoTime();
            introduced.couples().forEach(couple -> couple.record(true));
            TimeUnit.SECONDS.sleep(length);
            introduced.couples().forEach(couple -> couple.record(false));
            double took = (System.nanoTime() - start) / 1e9;
            CpuTime cpu = CpuTime.of(contestant.pids()).since(before);
            introduced.couples().forEach(CandidateExchange::stop);

            int silent = 0;
            for (CandidateExchange couple : introduced.couples()) {
                silent += couple.taken().length == 0 ? 1 : 0;
            }
            if (silent > 0 || introduced.lost() > 0) {
                throw new BenchFailed("%s: %d of %d couples heard nothing, %d peers were closed"
                        .formatted(contestant.service().name(), silent, couples, introduced.lost()));
            }
            Percentiles each = new Percentiles(introduced.couples().stream()
                    .flatMapToLong(couple -> Arrays.stream(couple.taken()))
                    .toArray());
            int messages = introduced.couples().stream().mapToInt(couple -> couple.taken().length).sum();
            note(found, "messages", messages / took);
            note(found, "message p50", each.micros(50));
            note(found, "message p99", each.micros(99));
            note(found, "cores used", cpu.seconds() / took);
            note(found, "messages a core", messages / cpu.seconds());
            note(found, "core time of one", cpu.seconds() / messages * 1e6);
            note(found, "of it in the kernel", cpu.kernelSeconds() / messages * 1e6);
        }
    }

    private static void note(Map<String, List<Double>> found, String what, double value) {
        found.computeIfAbsent(what, none -> new ArrayList<>()).add(value);
    }
}
