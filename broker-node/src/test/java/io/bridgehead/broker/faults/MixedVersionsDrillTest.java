package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.Bridgehead;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An earlier build and the present one in one cluster, as in a rolling update. The earlier one is the distribution in
 * the directory {@code -Ddrill.previous}, by default where {@code src/drill/previous-build.sh} puts it.
 */
@Tag("drill")
class MixedVersionsDrillTest {

    private static final Path PREVIOUS = Path.of(System.getProperty("drill.previous", "target/previous/dist"));
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration DRAIN = Duration.ofSeconds(6);

    @TempDir
    private Path directory;

    /** The first node of a cluster makes the database, and is the one that looks after the others. */
    private enum First {
        PREVIOUS,
        PRESENT
    }

    @BeforeAll
    static void needsAnEarlierBuild() {
        Assumptions.assumeTrue(
                Files.isDirectory(PREVIOUS), PREVIOUS + " is missing (expected: src/drill/previous-build.sh has run)");
    }

    /** Three nodes; the second is of the other build. */
    private BrokerCluster mixed(First first) {
        Build previous = Build.of(PREVIOUS);
        Build present = Build.present(Bridgehead.class);
        List<Build> builds =
                switch (first) {
                    case PREVIOUS -> List.of(previous, present, previous);
                    case PRESENT -> List.of(present, previous, present);
                };
        return BrokerCluster.of(builds, directory, "node.drain-time=" + DRAIN.toSeconds() + "s");
    }

    private static Duration since(History.Fault fault) {
        return Duration.ofNanos(System.nanoTime() - fault.at());
    }

    /** F1 and F23 between builds: the third node is killed, then somebody on each of the other two is banned. */
    @ParameterizedTest
    @EnumSource
    void f26AKilledNodeAndABanAreFeltByBothBuilds(First first) throws Exception {
        try (BrokerCluster cluster = mixed(first);
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            BrokerProcess victim = cluster.node(2);
            load.avoid(victim);
            History.Fault fault = load.history().fault("kill -9", victim.name());
            victim.kill();
            load.awaitAllIn();
            load.awaitAllTalk();
            Checker.Verdict told = new Checker(load.history()).told(fault, Duration.ofSeconds(2));
            Checker.Verdict again = new Checker(load.history()).backAgain(fault, Duration.ofSeconds(5));
            Checker.Verdict bystanders = new Checker(load.history()).bystanders(fault);
            for (String user : List.of("idle0", "idle1", "idle3", "idle4")) {
                ban(cluster.node(0), load, user);
            }
            await("the banned are out").atMost(LONG).until(() -> load.in() == load.size() - 4);
            Checker checker = load.judge();
            Checker.Verdict banned = checker.banned(Duration.ofSeconds(1));
            String row = "F26 " + first;
            Figures.atMost(row, "told of a killed node", told.worst(), Duration.ofSeconds(2));
            Figures.atMost(row, "registered again", again.worst(), Duration.ofSeconds(5));
            Figures.atMost(row, "ban", banned.worst(), Duration.ofSeconds(1));
            assertThat(told.judged()).isGreaterThan(5);
            assertThat(told.violations()).isEmpty();
            assertThat(again.violations()).isEmpty();
            assertThat(bystanders.violations()).isEmpty();
            assertThat(banned.violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    private static void ban(BrokerProcess node, Load load, String user) throws IOException, InterruptedException {
        load.history().add(new History.Banned(System.nanoTime(), user));
        assertThat(node.admin("POST", "/v1/accounts/" + user + "/ban", new JsonObject().put("reason", "test"))
                        .statusCode())
                .isEqualTo(200);
    }

    /** F4, F2 and half of F3: the node of the other build hangs, comes back, then drains, leaves and joins again. */
    @ParameterizedTest
    @EnumSource
    void f26ANodeOfTheOtherBuildHangsAndDrainsAndJoinsAgain(First first) throws Exception {
        try (BrokerCluster cluster = mixed(first);
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            BrokerProcess other = cluster.node(1);
            load.avoid(other);
            History.Fault stop = load.history().fault("STOP", other.name());
            other.signal("STOP");
            try {
                await("it is taken out").atMost(LONG).until(() -> members(cluster.node(0)) == 2);
                await("time to hang is over").atMost(LONG).until(() -> since(stop).toSeconds() >= 12);
            } finally {
                other.signal("CONT");
            }
            load.seek(other);
            Duration merged = cluster.awaitWhole();
            load.awaitAllIn();
            load.awaitAllTalk();
            Checker.Verdict told = new Checker(load.history()).toldElsewhere(stop, Duration.ofSeconds(10));

            load.avoid(other);
            History.Fault drain = load.history().fault("TERM", other.name());
            other.signal("TERM");
            assertThat(other.exitCode(DRAIN.plusSeconds(20))).isZero();
            load.awaitAllIn();
            load.awaitAllTalk();
            Checker.Verdict uncut = new Checker(load.history()).nobodyToldBefore(drain, DRAIN.minusMillis(500));
            Checker.Verdict again = new Checker(load.history()).backAgain(drain, Duration.ofSeconds(2));
            other.start();
            other.awaitReady();
            cluster.awaitWhole();
            load.seek(other);
            Checker checker = load.judge();
            String row = "F26 " + first;
            Figures.atMost(row, "told of a hanging node", told.worst(), Duration.ofSeconds(10));
            Figures.atMost(row, "merged after it goes on", merged, Duration.ofSeconds(15));
            Figures.count(row, "bridges cut before the drain's deadline", uncut.violations().size(), 0);
            Figures.atMost(row, "registered again after the drain", again.worst(), Duration.ofSeconds(2));
            assertThat(told.judged()).isGreaterThan(5);
            assertThat(told.violations()).isEmpty();
            assertThat(merged).isLessThanOrEqualTo(Duration.ofSeconds(15));
            assertThat(uncut.judged()).isGreaterThan(5);
            assertThat(uncut.violations()).isEmpty();
            assertThat(again.violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    private static int members(BrokerProcess node) {
        return (int) node.metric("bridgehead_cluster_members");
    }
}
