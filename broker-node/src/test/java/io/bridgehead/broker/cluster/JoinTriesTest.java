package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.spi.properties.ClusterProperty;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class JoinTriesTest {

    private static final JoinTries THREE = new JoinTries(3, Duration.ZERO);

    private final Queue<RuntimeException> failures = new ArrayDeque<>();
    private int tries;

    private String join() {
        tries++;
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        return "joined";
    }

    private static ClusterRefused unanswered(int number) {
        return new ClusterRefused(
                "try " + number, new IllegalStateException(new OperationTimeoutException("nobody answers")));
    }

    @Test
    void whoWasNotAnsweredTriesAgain() {
        failures.addAll(List.of(unanswered(1), unanswered(2)));
        assertThat(THREE.join(this::join)).isEqualTo("joined");
        assertThat(tries).isEqualTo(3);
    }

    @Test
    void afterTheLastTryItIsRefusedForWhatThatOneWas() {
        failures.addAll(List.of(unanswered(1), unanswered(2), unanswered(3), unanswered(4)));
        assertThatThrownBy(() -> THREE.join(this::join)).isInstanceOf(ClusterRefused.class).hasMessage("try 3");
        assertThat(tries).isEqualTo(3);
    }

    @Test
    void whoIsRefusedForAnythingElseDoesNotTryAgain() {
        failures.add(new ClusterRefused("node.name: taken"));
        assertThatThrownBy(() -> THREE.join(this::join)).hasMessage("node.name: taken");
        failures.add(new ClusterRefused("version", new IllegalStateException("Node failed to start!")));
        assertThatThrownBy(() -> THREE.join(this::join)).hasMessage("version");
        assertThat(tries).isEqualTo(2);
    }

    @Test
    void anInterruptEndsTheWait() {
        failures.add(unanswered(1));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> new JoinTries(2, Duration.ofMinutes(5)).join(this::join))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("interrupted between two tries to join");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(tries).isEqualTo(1);
    }

    @Test
    void thereIsAtLeastOneTry() {
        assertThatThrownBy(() -> new JoinTries(0, Duration.ZERO))
                .hasMessage("tries to join: 0, PT0S apart (expected: at least 1, no time below zero)");
    }

    /** The member that is there answers nothing at first: all of its partitions are held up. */
    @Test
    void aMemberThatHangsWhileAnotherJoinsIsJoinedWhenItGoesOn() {
        int[] ports = {TestMember.freePort(), TestMember.freePort()};
        AtomicInteger tried = new AtomicInteger();
        try (Alone alone = new Alone(ports[0])) {
            StuckPartition stuck = new StuckPartition(alone.member.hazelcast(), "any", "any");
            ClusterMember joined = ClusterMember.join(
                    joining("b", TestMember.cluster(ports[1], MutualTlsFiles.NONE, ports[0])),
                    new VertxOptions().setEventLoopPoolSize(1),
                    (options, tap) -> {
                        if (tried.incrementAndGet() == 2) {
                            stuck.close();
                        }
                        return TestMember.builder(options, tap);
                    });
            assertThat(tried).hasValue(2);
            // and nothing is left of the first try
            await().untilAsserted(() -> assertThat(alone.member.hazelcast().getCluster().getMembers()).hasSize(2));
            assertThat(joined.others()).containsExactly(new NodeId("a"));
            joined.leave().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** Node a, all of whose partitions are served by one thread. */
    private static final class Alone implements AutoCloseable {

        private final ClusterMember member;

        private Alone(int port) {
            member = ClusterMember.join(
                    joining("a", TestMember.cluster(port, MutualTlsFiles.NONE)),
                    new VertxOptions().setEventLoopPoolSize(1),
                    TestMember::builder);
        }

        @Override
        public void close() {
            member.leave().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static ClusterMember.Joining joining(String node, ClusterConfig cluster) {
        ConfigPart impatient = JoinTriesTest::set;
        return new ClusterMember.Joining(
                cluster, new NodeId(node), new Incarnation(node.hashCode()), "jdbc:sqlite:x.db", List.of(impatient));
    }

    private static void set(Config config) {
        config.setProperty(ClusterProperty.PARTITION_OPERATION_THREAD_COUNT.getName(), "1")
                .setProperty(ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS.getName(), "1000");
    }
}
