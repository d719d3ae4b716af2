package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the fault matrix in which the network between nodes is cut. As root. */
@Tag("drill")
class PartitionDrillTest {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final List<String> MOVERS = List.of("mover1", "mover2", "mover3", "mover4", "mover5");
    private static final Load.Shape SHAPE = new Load.Shape(20, 25_000, 60, 0);

    private final Set<String> moved = new HashSet<>();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void f6TheMinorityOfAPartitionKeepsItsBridgesAndTakesNobodyNew() throws Exception {
        try (FarNodes nodes = new FarNodes(3, directory);
                Load load = Load.on(nodes.cluster(), SHAPE)) {
            BrokerCluster cluster = nodes.cluster();
            BrokerProcess minority = cluster.node(2);
            cluster.accounts(MOVERS);
            cluster.accounts(List.of("newcomer"));
            for (String mover : MOVERS) {
                LoadClient.register(load.history(), mover, minority, line -> {});
            }
            load.avoid(minority);
            History.Fault cut = load.history().fault("partition 2|1", minority.name());
            nodes.network().cut(3, 1);
            nodes.network().cut(3, 2);
            awaitMembers(cluster.node(0), 2);
            Duration detected = since(cut);
            awaitMembers(minority, 1);
            assertThatThrownBy(() -> LoadClient.register(new History(), "newcomer", minority, line -> {}))
                    .hasMessageContaining(";error:try again");
            await("users of the minority get in elsewhere")
                    .atMost(LONG)
                    .until(() -> move(load, cluster.node(0)));
            await("30 s").atMost(LONG).until(() -> since(cut).toSeconds() >= 30);

            nodes.network().heal();
            History.Fault heal = load.history().fault("heal");
            load.seek(minority);
            Duration merged = cluster.awaitWhole();
            try (Asker asker = new Asker(load.history(), minority, "newcomer")) {
                await("the bus works").atMost(LONG).until(() -> minority.ready());
                load.awaitAllIn();
                load.awaitAllTalk();
                asker.awaitUsers(load.size() + MOVERS.size() + 1);
            }
            Duration whole = since(heal);
            Checker checker = load.judge();

            Checker.Verdict told = checker.toldAcross(cut, Set.of(minority.name()), Duration.ofSeconds(10));
            Figures.atMost("F6", "detected", detected, Duration.ofSeconds(10));
            Figures.atMost("F6", "told", told.worst(), Duration.ofSeconds(10));
            Figures.atMost("F6", "merged after the heal", merged, Duration.ofSeconds(15));
            Figures.atMost("F6", "all bridges and rows back after the heal", whole, Duration.ofSeconds(30));
            Figures.count("F6", "registered twice", checker.oneEach().violations().size(), 0);
            assertThat(told.judged()).isGreaterThan(3);
            assertThat(told.violations()).isEmpty();
            assertThat(detected).isLessThanOrEqualTo(Duration.ofSeconds(10));
            assertThat(merged).isLessThanOrEqualTo(Duration.ofSeconds(15));
            assertThat(whole).isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(checker.sameSide(cut, Set.of(minority.name())).violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    private static void awaitMembers(BrokerProcess node, int expected) {
        await(node.name() + " knows " + expected + " nodes")
                .atMost(LONG)
                .until(() -> node.metric("bridgehead_cluster_members") == expected);
    }

    private static Duration since(History.Fault fault) {
        return Duration.ofNanos(System.nanoTime() - fault.at());
    }

    private boolean move(Load load, BrokerProcess node) {
        for (String mover : MOVERS) {
            if (!moved.contains(mover)) {
                try {
                    LoadClient.register(load.history(), mover, node, line -> {});
                    moved.add(mover);
                } catch (IOException tryAgain) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void f7BothHalvesOfTwoNodesServeAndTheNewestRegistrationIsLeft() throws Exception {
        try (FarNodes nodes = new FarNodes(2, directory);
                Load load = Load.on(nodes.cluster(), SHAPE)) {
            BrokerCluster cluster = nodes.cluster();
            cluster.accounts(MOVERS);
            for (String mover : MOVERS) {
                LoadClient.register(load.history(), mover, cluster.node(1), line -> {});
            }
            History.Fault cut = load.history().fault("partition 1|1", "n2");
            nodes.network().cut(1, 2);
            awaitMembers(cluster.node(0), 1);
            Duration detected = since(cut);
            awaitMembers(cluster.node(1), 1);
            await("they get in at the other half").atMost(LONG).until(() -> move(load, cluster.node(0)));

            nodes.network().heal();
            History.Fault heal = load.history().fault("heal");
            Duration merged = cluster.awaitWhole();
            load.awaitAllIn();
            load.awaitAllTalk();
            await("the older registrations are told")
                    .atMost(LONG)
                    .until(() -> new Checker(load.history()).oneEach().violations().isEmpty());
            Duration settled = since(heal);
            Checker checker = load.judge();

            Checker.Verdict told = checker.toldAcross(cut, Set.of("n2"), Duration.ofSeconds(10));
            Figures.atMost("F7", "detected", detected, Duration.ofSeconds(10));
            Figures.atMost("F7", "told", told.worst(), Duration.ofSeconds(10));
            Figures.atMost("F7", "merged after the heal", merged, Duration.ofSeconds(15));
            Figures.atMost("F7", "double registrations settled after the heal", settled, Duration.ofSeconds(30));
            assertThat(told.violations()).isEmpty();
            assertThat(merged).isLessThanOrEqualTo(Duration.ofSeconds(15));
            assertThat(settled).isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one way", "both ways"})
    void f8APartialPartitionSettlesAndHeals(String ways) throws Exception {
        try (FarNodes nodes = new FarNodes(3, directory);
                Load load = Load.on(nodes.cluster(), SHAPE)) {
            BrokerCluster cluster = nodes.cluster();
            int before = changes(cluster);
            History.Fault cut = load.history().fault("n2 does not hear n3, " + ways, "n2", "n3");
            nodes.network().cutOneWay(3, 2);
            if (ways.equals("both ways")) {
                nodes.network().cutOneWay(2, 3);
            }
            await("the cluster settles").atMost(LONG).until(() -> members(cluster).equals(List.of(1.0, 2.0, 2.0))
                    || members(cluster).equals(List.of(1.0, 1.0, 2.0)));
            Duration settled = since(cut);
            await("and stays so").atMost(LONG).until(() -> since(cut).compareTo(settled.plusSeconds(15)) > 0);
            int changed = changes(cluster) - before;
            nodes.network().heal();
            History.Fault heal = load.history().fault("heal");
            Duration merged = cluster.awaitWhole();
            load.awaitAllIn();
            load.awaitAllTalk();
            Duration whole = since(heal);
            Checker checker = load.judge();

            Figures.atMost("F8", ways + ": settled", settled, Duration.ofSeconds(30));
            Figures.atMost("F8", ways + ": changes of membership until then", changed, "", 4);
            Figures.atMost("F8", ways + ": merged after the heal", merged, Duration.ofSeconds(15));
            Figures.atMost("F8", ways + ": all bridges back after the heal", whole, Duration.ofSeconds(20));
            assertThat(settled).isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(changed).isLessThanOrEqualTo(4);
            assertThat(merged).isLessThanOrEqualTo(Duration.ofSeconds(15));
            assertThat(whole).isLessThanOrEqualTo(Duration.ofSeconds(20));
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
            // nor anything else that nobody expected
            assertThat(cluster.nodes()).allSatisfy(
                    node -> assertThat(node.printed()).doesNotContain("level=error"));
        }
    }

    private static List<Double> members(BrokerCluster cluster) {
        return cluster.nodes().stream().map(node -> node.metric("bridgehead_cluster_members")).sorted().toList();
    }

    /** How often any node has seen another join or leave. */
    private static int changes(BrokerCluster cluster) {
        return cluster.nodes().stream()
                .mapToInt(node -> (int) Pattern.compile("a node (left|joined)").matcher(node.printed()).results().count())
                .sum();
    }

    /**
     * With the kernel told as the README says: by itself TCP tries anew after ever longer times, and all tries of 8 s,
     * after which a node is given up, may meet a link that is down.
     */
    @Test
    void f9AFlappingLinkDoesNotMakeTheClusterThrash() throws Exception {
        try (Network network = new Network(3).retryingWithin(Duration.ofSeconds(1));
                FarNodes nodes = new FarNodes(network, directory);
                Load load = Load.on(nodes.cluster(), SHAPE)) {
            BrokerCluster cluster = nodes.cluster();
            int before = changes(cluster);
            double usual = busyCores(cluster);
            for (int turn = 0; turn < 20; turn++) {
                History.Fault cut = load.history().fault("link down", "n3");
                nodes.network().cut(3, 1);
                nodes.network().cut(3, 2);
                await().pollInterval(Duration.ofMillis(20)).until(() -> since(cut).toMillis() >= 2_000);
                nodes.network().heal();
                await().pollInterval(Duration.ofMillis(20)).until(() -> since(cut).toMillis() >= 4_000);
            }
            int changed = changes(cluster) - before;
            History.Fault over = load.history().fault("link stays up");
            await("no more CPU than before").atMost(LONG).until(() -> busyCores(cluster) <= 1.3 * usual + 0.1);
            Duration calm = since(over);
            cluster.awaitWhole();
            load.awaitAllIn();
            load.awaitAllTalk();
            Duration whole = since(over);
            Checker checker = load.judge();
            Figures.atMost("F9", "changes of membership", changed, "", 4);
            Figures.atMost("F9", "CPU as before after the last", calm, Duration.ofSeconds(10));
            Figures.atMost("F9", "all bridges back after the last", whole, Duration.ofSeconds(20));
            assertThat(changed).isLessThanOrEqualTo(4);
            assertThat(calm).isLessThanOrEqualTo(Duration.ofSeconds(10));
            assertThat(whole).isLessThanOrEqualTo(Duration.ofSeconds(20));
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    /** How many cores the nodes use, all together, over three seconds. */
    private static double busyCores(BrokerCluster cluster) {
        History.Fault began = new History().fault("measured");
        Duration before = cpu(cluster);
        await().pollInterval(Duration.ofMillis(20)).until(() -> since(began).toSeconds() >= 3);
        return (double) cpu(cluster).minus(before).toNanos() / since(began).toNanos();
    }

    private static Duration cpu(BrokerCluster cluster) {
        return cluster.nodes().stream().map(BrokerProcess::cpu).reduce(Duration.ZERO, Duration::plus);
    }
}
