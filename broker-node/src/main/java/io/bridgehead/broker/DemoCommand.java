package io.bridgehead.broker;

import io.bridgehead.broker.config.BrokerConfig;
import io.bridgehead.broker.config.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code demo}: a cluster of two nodes in this process, with a store that is gone afterwards. */
@Command(
        name = "demo",
        description = "Try it out: a two-node cluster on the loopback address with two accounts. Nothing is kept.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private final NodeRunner node;

    @Mixin
    private final ConfigOptions config;

    DemoCommand(NodeRunner node, Surroundings surroundings) {
        this.node = node;
        this.config = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("bridgehead-demo");
        try {
            List<Integer> free = freePorts(4);
            List<String> lower = inside(directory, free);
            BrokerConfig one = config.loaderAround(lower, member("one", free.get(0), free.get(2))).load();
            List<String> beside = new ArrayList<>(member("two", free.get(1), free.get(3)));
            beside.addAll(portsBeside(one));
            BrokerConfig two = config.loaderAround(lower, beside).load();
            return node.run(List.of(one, two), NodeRunner.Mode.DEMO);
        } finally {
            delete(directory);
        }
    }

    /** What a demo has in place of the defaults; the user's own {@code --set} goes above. */
    private static List<String> inside(Path directory, List<Integer> cluster) {
        return List.of(
                "node.data-dir=" + directory,
                "node.drain-time=1s",
                "store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"),
                "admin.token-file=" + directory.resolve("admin.token"),
                "estim.listen=127.0.0.1:37846",
                "estim.websocket=127.0.0.1:37847",
                "signalling.listen=127.0.0.1:8080",
                "relay.hosts=127.0.0.1:8000",
                "relay.commands=127.0.0.1:8001",
                "relay.clients=127.0.0.1:8002",
                "relay.anonymous-service=demo",
                "cluster.enabled=true",
                "cluster.name=demo-" + ProcessHandle.current().pid(),
                "cluster.members=127.0.0.1:%d,127.0.0.1:%d".formatted(cluster.get(0), cluster.get(1)));
    }

    private static List<String> member(String name, int hazelcast, int eventBus) {
        return List.of(
                "node.name=" + name,
                "cluster.listen=127.0.0.1:" + hazelcast,
                "cluster.event-bus=127.0.0.1:" + eventBus);
    }

    /** The second node listens ten ports above the first, but for signalling: there is the first one's API. */
    private static List<String> portsBeside(BrokerConfig one) {
        return List.of(
                "estim.listen=" + beside(one.estim().listen(), 10),
                "estim.websocket=" + beside(one.estim().websocket(), 10),
                "signalling.listen=" + beside(one.signalling().listen(), 1),
                "relay.hosts=" + beside(one.relay().hosts(), 10),
                "relay.commands=" + beside(one.relay().commands(), 10),
                "relay.clients=" + beside(one.relay().clients(), 10),
                "admin.listen=" + beside(one.admin().listen(), 10),
                "metrics.listen=" + beside(one.metrics().listen(), 10));
    }

    private static String beside(List<Endpoint> endpoints, int by) {
        return endpoints.stream()
                .map(endpoint -> new Endpoint(endpoint.host(), endpoint.port() == 0 ? 0 : endpoint.port() + by))
                .map(Endpoint::toString)
                .collect(Collectors.joining(","));
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int n = 0; n < count; n++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        }
    }
}
