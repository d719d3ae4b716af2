package io.bridgehead.broker.cluster;

import io.bridgehead.broker.FreePorts;
import io.bridgehead.broker.bus.BusTap;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.listener.NativeTransport;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A member of a real cluster on loopback, which writes down what it is told. */
final class TestMember implements NodeBus.Receiver, ClusterEvents, AutoCloseable {

    static final String NAME = "test-" + new SecureRandom().nextLong();

    final ClusterMember member;
    final Queue<NodeMessage> received = new ConcurrentLinkedQueue<>();
    final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private static final NativeTransport TRANSPORT = NativeTransport.best(new Meters(new SimpleMeterRegistry()));

    final Queue<NodeId> gone = new ConcurrentLinkedQueue<>();
    final Queue<String> events = new ConcurrentLinkedQueue<>();
    volatile boolean keep = true;
    volatile Function<NodeMessage, NodeBus.Answer> answers = message -> NodeBus.Answer.TAKEN;

    private TestMember(ClusterMember member) {
        this.member = member;
    }

    static TestMember join(String node, ClusterConfig cluster) {
        TestMember member = new TestMember(ClusterMember.join(
                joining(node, cluster), new VertxOptions().setEventLoopPoolSize(2), TestMember::builder));
        member.member.start(member, member).toCompletionStage().toCompletableFuture().join();
        return member;
    }

    static ClusterMember.Joining joining(String node, ClusterConfig cluster) {
        return new ClusterMember.Joining(
                cluster, new NodeId(node), Incarnation.random(new SecureRandom()), "jdbc:sqlite:x.db", List.of());
    }

    static VertxBuilder builder(VertxOptions options, BusTap tap) {
        return TRANSPORT.builder(options, tap);
    }

    static ClusterConfig cluster(int port, MutualTlsFiles tls, int... members) {
        List<Endpoint> others = Arrays.stream(members).mapToObj(TestMember::at).toList();
        return new ClusterConfig(true, NAME, List.of(at(port)), others, List.of(at(freePort())),
                ClusterConfig.Discovery.MEMBERS, "", 0, false, tls);
    }

    static ClusterConfig withBus(ClusterConfig from, Endpoint bus) {
        return new ClusterConfig(true, from.name(), from.listen(), from.members(), List.of(bus), from.discovery(),
                from.serviceDns(), 0, from.insecure(), from.tls());
    }

    static Endpoint at(int port) {
        return new Endpoint("127.0.0.1", port);
    }

    static int freePort() {
        return FreePorts.of(1).getFirst();
    }

    /** Certificates of an authority of its own in this directory. */
    static MutualTlsFiles certificates(Path directory, String... nodes) {
        try {
            new ClusterCertificates(new SecureRandom(), InstantSource.system()).write(
                    directory,
                    Arrays.stream(nodes)
                            .map(node -> new ClusterCertificates.Subject(node, List.of(node, "127.0.0.1")))
                            .toList(),
                    Duration.ofDays(1));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return files(directory, nodes[0]);
    }

    static MutualTlsFiles files(Path directory, String node) {
        return new MutualTlsFiles(
                directory.resolve(node + ".pem"), directory.resolve(node + "-key.pem"), directory.resolve("ca.pem"));
    }

    NodeBus bus() {
        return member.bus();
    }

    @Override
    public NodeBus.Answer received(NodeMessage message) {
        if (keep) {
            received.add(message);
            threads.add(Thread.currentThread());
        }
        return answers.apply(message);
    }

    @Override
    public void nodeGone(NodeId node) {
        gone.add(node);
    }

    @Override
    public void merged() {
        events.add("merged");
    }

    @Override
    public void memberRemoved(NodeId node, Incarnation incarnation, boolean oldestSurvivor) {
        events.add("removed " + node + (oldestSurvivor ? ", oldest" : ""));
    }

    @Override
    public void outOfCluster() {
        events.add("out of cluster");
    }

    @Override
    public void paused(Duration time) {
        events.add("paused");
    }

    /** As when the process is killed. */
    void kill() {
        member.hazelcast().getLifecycleService().terminate();
    }

    @Override
    public void close() {
        member.leave().toCompletionStage().toCompletableFuture().join();
    }
}
