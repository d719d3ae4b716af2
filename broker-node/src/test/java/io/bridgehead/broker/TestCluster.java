package io.bridgehead.broker;

import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.internal.net.NetSocketInternal;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Whole nodes of one cluster in this process, on the loopback address and over one SQLite file; n1 is the oldest. */
final class TestCluster implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);

    private final List<TestNode> nodes = new ArrayList<>();
    private final String name;

    private TestCluster(String name) {
        this.name = name;
    }

    /** Everything goes into {@code directory}; {@code sets} as for {@code --set}, for every node. */
    static TestCluster start(Path directory, int count, String... sets) throws Exception {
        TestCluster cluster = new TestCluster("test-" + UUID.randomUUID());
        try {
            List<Integer> ports = FreePorts.of(count);
            for (int n = 0; n < count; n++) {
                cluster.nodes.add(cluster.join(directory, "n" + (n + 1), ports.get(n), ports, sets));
            }
            for (TestNode node : cluster.nodes) {
                await().atMost(START).until(() -> node.metrics("/health/ready").statusCode() == 200);
            }
            return cluster;
        } catch (Exception | AssertionError failed) {
            cluster.close();
            throw failed;
        }
    }

    private TestNode join(Path directory, String node, int port, List<Integer> ports, String... sets)
            throws IOException {
        return TestNode.start(
                Files.createDirectories(directory.resolve(node)),
                settings(name, directory, node, port, ports, sets).toArray(String[]::new));
    }

    /** What makes a node a member, as for {@code --set}. */
    static List<String> settings(
            String cluster, Path directory, String node, int port, List<Integer> ports, String... sets) {
        List<String> all = new ArrayList<>(List.of(
                "node.name=" + node,
                "store.url=jdbc:sqlite:" + directory.resolve("shared.db"),
                "cluster.enabled=true",
                "cluster.name=" + cluster,
                "cluster.listen=127.0.0.1:" + port,
                "cluster.event-bus=127.0.0.1:0",
                "cluster.members="
                        + ports.stream().map(each -> "127.0.0.1:" + each).collect(Collectors.joining(","))));
        all.addAll(List.of(sets));
        return all;
    }

    /** Counted from 0. */
    TestNode node(int number) {
        return nodes.get(number);
    }

    /** Stops the oldest node; the others' numbers are one less then. */
    void stopOldest() {
        nodes.removeFirst().close();
    }

    List<TestNode> nodes() {
        return List.copyOf(nodes);
    }

    /** A node's member, for what only somebody inside the cluster can do. */
    HazelcastInstance hazelcast(int number) {
        String node = "n" + (number + 1);
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(member -> member.getConfig().getClusterName().equals(name))
                .filter(member -> node.equals(
                        member.getCluster().getLocalMember().getAttribute("bridgehead.node")))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Breaks the node's bus connections to the others as a network does, so that the node hears of it only afterwards and
     * what it writes till then is lost; they open anew.
     */
    void cutBus(int number) throws ReflectiveOperationException {
        EventBus bus = ((Vertx) field(nodes.get(number).node, "vertx")).eventBus();
        for (Object connection : ((Map<?, ?>) field(bus, "outboundConnections")).values()) {
            NetSocketInternal socket = (NetSocketInternal) field(connection, "socket");
            ((DuplexChannel) socket.channelHandlerContext().channel()).shutdownOutput();
        }
    }

    /** What no test should need to see, but for faults and costs that show nowhere else. */
    static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    /** The sum over the nodes. */
    double metric(String series) throws Exception {
        double sum = 0;
        for (TestNode node : nodes) {
            sum += node.metric(series);
        }
        return sum;
    }

    @Override
    public void close() {
        nodes.reversed().forEach(TestNode::close);
    }
}
