package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench signalling-idle}: what a connected WebRTC peer that says nothing costs in resident memory. */
@Command(
        name = "signalling-idle",
        description = "Memory per idle WebRTC peer, of the broker or of a PeerJS server.",
        mixinStandardHelpOptions = true)
final class SignallingIdleBenchmark extends Benchmark {

    @Option(names = "--broker", paramLabel = "HOST:PORT", converter = HostPort.class, description = "signalling")
    private InetSocketAddress broker;

    @Option(names = "--peerjs", paramLabel = "HOST:PORT", converter = HostPort.class, description = "a PeerServer")
    private InetSocketAddress peerJs;

    @Option(names = "--pid", required = true, description = "the process to measure, on this machine")
    private long pid;

    @Option(names = "--peers", defaultValue = "5000", description = "two of them to a server; ${DEFAULT-VALUE}")
    private int peers;

    @Option(names = "--collect", description = "have the process, a JVM, collect garbage before each measurement")
    private boolean collect;

    @Override
    Report measure() throws IOException, InterruptedException {
        require(peers > 1 && peers <= 18_000, "--peers", peers, "2..18000");
        require((broker == null) != (peerJs == null), "--peerjs", peerJs, "either --broker or --peerjs");
        SignallingService service = broker == null
                ? new SignallingService.PeerJs(peerJs)
                : new SignallingService.Broker(List.of(broker));
        ResidentMemory memory = new ResidentMemory(pid);
        try (Introduced introduced = new Introduced(service, 1)) {
            long before = settled(memory);
            long start = System.nanoTime();
            introduced.add(peers / 2);
            double seconds = (System.nanoTime() - start) / 1e9;
            long after = settled(memory);
            if (introduced.lost() > 0) {
                throw new BenchFailed("%s closed %d idle peers".formatted(service.name(), introduced.lost()));
            }
            int held = peers / 2 * 2;
            List<Figure> figures = new ArrayList<>(List.of(
                    Figure.once(service.name(), "peers", "", held),
                    Figure.once(service.name(), "came in", "per second", held / seconds),
                    Figure.once(service.name(), "resident before", "MiB", before / 1024.0),
                    Figure.once(service.name(), "resident after", "MiB", after / 1024.0),
                    Figure.once(service.name(), "memory taken for each", "KiB", (double) (after - before) / held)));
            return new Report(
                    "signalling-idle", new TreeMap<>(Map.of("peers", peers, "collect", collect)), figures);
        }
    }

    private long settled(ResidentMemory memory) throws IOException, InterruptedException {
        if (collect) {
            memory.collectGarbage();
        }
        return memory.settled(time -> {
            try {
                TimeUnit.MILLISECONDS.sleep(time.toMillis());
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new BenchFailed("interrupted", stop);
            }
        });
    }
}
