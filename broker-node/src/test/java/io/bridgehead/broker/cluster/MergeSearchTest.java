package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters of one node each, of which one knows the other's address. */
class MergeSearchTest {

    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    @TempDir
    private Path certificates;

    @Test
    void twoPartsOfAClusterFindEachOtherAndTheBusWorksBothWays() {
        TestMember.certificates(certificates, "a", "b");
        int portOfA = TestMember.freePort();
        int portOfB = TestMember.freePort();
        try (TestMember a = TestMember.join("a", TestMember.cluster(portOfA, tls("a"), portOfB));
                TestMember b = TestMember.join("b", TestMember.cluster(portOfB, tls("b")))) {
            await().atMost(Duration.ofSeconds(15)).until(() -> a.member.others().contains(B)
                    && b.member.others().contains(A));
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
                assertThat(answer(a, B)).isEqualTo(Answer.TAKEN);
                assertThat(answer(b, A)).isEqualTo(Answer.TAKEN);
            });
            // of two parts of one size, which one joins the other depends on their addresses
            await().untilAsserted(() -> assertThat(Stream.concat(a.events.stream(), b.events.stream()))
                    .containsExactly("merged"));
        }
    }

    private static Answer answer(TestMember from, NodeId to) {
        return from.bus()
                .ask(LoopAddress.of(to), new NodeMessage.Ping(new NodeId("x")))
                .otherwise(Answer.NOT_HERE)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private MutualTlsFiles tls(String node) {
        return TestMember.files(certificates, node);
    }
}
