package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot be a member any more ends, so that its supervisor starts it anew. */
@Tag("drill")
class ExpelledDrillTest {

    /** {@code EX_TEMPFAIL}. */
    private static final int OUT_OF_CLUSTER = 75;

    @TempDir
    private Path directory;

    @Test
    void aNodeWithoutAMemberEndsAndServesAgainWhenStarted() throws Exception {
        List<Place> places =
                IntStream.rangeClosed(1, 3).mapToObj(n -> Place.onLoopback("n" + n)).toList();
        List<String> sets = List.of(
                "store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"),
                "accounts.mode=open",
                "node.drain-time=2s");
        try (BrokerCluster cluster = BrokerCluster.start(places, directory, ExpellableBridgehead.class, sets)) {
            BrokerProcess node = cluster.node(1);
            LoadClient user = LoadClient.register(new History(), "ann", node, line -> {});
            node.signal("USR2");

            assertThat(node.exitCode(Duration.ofSeconds(30))).isEqualTo(OUT_OF_CLUSTER);
            await().until(() -> user.closed().isDone());
            node.start();
            node.awaitReady();
            cluster.awaitWhole();
            try (LoadClient again = LoadClient.register(new History(), "ann", node, line -> {})) {
                assertThat(again.closed()).isNotDone();
            }
        }
    }
}
