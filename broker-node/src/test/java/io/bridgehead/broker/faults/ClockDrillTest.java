package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in processes of their own, whose clocks are 30 s and an hour apart. */
@Tag("drill")
class ClockDrillTest {

    private static final Duration TOLD = Duration.ofSeconds(5);

    @TempDir
    private Path directory;

    @Test
    void theNewestRegistrationWinsWhateverItsNodesClockSays() throws Exception {
        List<Place> places =
                IntStream.rangeClosed(1, 3).mapToObj(n -> Place.onLoopback("n" + n)).toList();
        List<String> sets =
                List.of("store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"), "accounts.mode=open");
        try (BrokerCluster cluster = BrokerCluster.start(places, directory, UnevenClocksBridgehead.class, sets)) {
            List<LoadClient> left = new ArrayList<>();
            for (BrokerProcess first : cluster.nodes()) {
                for (BrokerProcess second : cluster.others(first)) {
                    left.add(moves("from-" + first.name() + "-to-" + second.name(), first, second));
                }
            }
            try (Asker asker = new Asker(new History(), cluster.node(0), "asker")) {
                asker.awaitUsers(left.size() + 1);
            }
            assertThat(left).hasSize(6).allSatisfy(client -> assertThat(client.closed()).isNotDone());
            left.forEach(LoadClient::close);
        }
    }

    /** Registers at the one, then at the other: the first hears of it and is closed. Answers the second. */
    private static LoadClient moves(String user, BrokerProcess from, BrokerProcess to) throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        LoadClient older = LoadClient.register(new History(), user, from, told::add);
        LoadClient newer = LoadClient.register(new History(), user, to, line -> {});
        await(user + ": the older one is closed").atMost(TOLD).until(() -> older.closed().isDone());
        assertThat(told).as(user).contains(";error:registered elsewhere");
        assertThat(newer.closed()).as(user).isNotDone();
        return newer;
    }
}
