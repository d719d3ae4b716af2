package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of the fault matrix that are short enough for every build: three nodes, each a process, under load. */
class ShortFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** Users who do not come back. */
    private static final List<String> GHOSTS = List.of("ghost1", "ghost2", "ghost3", "ghost4", "ghost5");

    @TempDir
    private Path directory;

    @Test
    void f1AKilledNodeTakesNobodyElseAlong() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(3, directory);
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            BrokerProcess victim = cluster.node(2);
            cluster.accounts(GHOSTS);
            for (String ghost : GHOSTS) {
                LoadClient.register(new History(), ghost, victim, line -> {});
            }
            Asker asker = load.asker(cluster.node(0));
            load.avoid(victim);
            History.Fault fault = load.history().fault("kill -9", victim.name());
            victim.kill();

            Duration asked = asker.slowestOf(GHOSTS);
            load.awaitAllIn();
            load.awaitAllTalk();
            asker.awaitUsers(load.size() + 1);
            Checker checker = load.judge();

            Checker.Verdict told = checker.told(fault, Duration.ofSeconds(2));
            assertThat(told.judged()).isGreaterThan(5);
            Figures.atMost("F1", "told", told.worst(), Duration.ofSeconds(2));
            Figures.atMost("F1", "stale connect answered", asked, Duration.ofSeconds(3));
            Checker.Verdict again = checker.backAgain(fault, Duration.ofSeconds(5));
            Figures.atMost("F1", "registered again", again.worst(), Duration.ofSeconds(5));
            Checker.Verdict bystanders = checker.bystanders(fault);
            Figures.count("F1", "wrong bytes of bystanders", bystanders.violations().size(), 0);
            assertThat(bystanders.judged()).isGreaterThan(3);
            assertThat(asked).isLessThanOrEqualTo(Duration.ofSeconds(3));
            assertThat(told.violations()).isEmpty();
            assertThat(again.violations()).isEmpty();
            assertThat(bystanders.violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    @Tag("drill")
    @Test
    void f2ANodeDrainsUnderLoadAndCutsNoBridgeBeforeItsDeadline() throws Exception {
        Duration drain = Duration.ofSeconds(6);
        try (BrokerCluster cluster = BrokerCluster.onLoopback(
                        3, directory, "node.drain-time=" + drain.toSeconds() + "s", "node.accept-grace=1s");
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            BrokerProcess leaver = cluster.node(2);
            load.avoid(leaver);
            History.Fault fault = load.history().fault("TERM", leaver.name());
            leaver.signal("TERM");
            await().pollInterval(Duration.ofMillis(5)).until(() -> !leaver.ready());
            Duration notReady = since(fault);
            assertThat(leaver.exitCode(drain.plusSeconds(20))).isZero();
            Duration left = since(fault).minus(drain);
            load.awaitAllIn();
            load.awaitAllTalk();
            Checker checker = load.judge();

            Checker.Verdict uncut = checker.nobodyToldBefore(fault, drain.minusMillis(500));
            Checker.Verdict again = checker.backAgain(fault, Duration.ofSeconds(2));
            Figures.atMost("F2", "not ready", notReady, Duration.ofSeconds(1));
            Figures.atMost("F2", "gone after the deadline", left, Duration.ofSeconds(1));
            Figures.count("F2", "bridges cut before the deadline", uncut.violations().size(), 0);
            Figures.atMost("F2", "registered again", again.worst(), Duration.ofSeconds(2));
            assertThat(uncut.judged()).isGreaterThan(5);
            assertThat(uncut.violations()).isEmpty();
            assertThat(notReady).isLessThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(left).isLessThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(again.judged()).isGreaterThan(20);
            assertThat(again.violations()).isEmpty();
            assertThat(checker.bystanders(fault).violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
            assertThat(leaver.printed()).doesNotContain("ERROR");
        }
    }

    private static Duration since(History.Fault fault) {
        return Duration.ofNanos(System.nanoTime() - fault.at());
    }

    // has not passed five times in a row under other load yet
    @Tag("drill")
    @Test
    void f4AHangingNodeIsTakenOutAndComesBackClean() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(3, directory);
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            BrokerProcess hanging = cluster.node(2);
            Asker asker = load.asker(cluster.node(0));
            cluster.accounts(GHOSTS);
            for (String mover : GHOSTS) {
                LoadClient.register(load.history(), mover, hanging, line -> {});
            }
            load.avoid(hanging);
            History.Fault stop = load.history().fault("STOP", hanging.name());
            hanging.signal("STOP");
            History.Fault goesOn;
            try {
                await("its users get in elsewhere").atMost(LONG).until(() -> takeOver(load, cluster.node(1)));
                await("the others have taken it out")
                        .atMost(LONG)
                        .until(() -> cluster.node(0).metric("bridgehead_cluster_members") == 2);
                Figures.atMost("F4", "taken out", since(stop), Duration.ofSeconds(12));
                await("time to hang is over").atMost(LONG).until(() -> since(stop).toSeconds() >= 14);
            } finally {
                hanging.signal("CONT");
                goesOn = load.history().fault("CONT", hanging.name());
            }
            load.seek(hanging);
            Duration merged = cluster.awaitWhole();
            load.awaitAllIn();
            load.awaitAllTalk();
            asker.awaitUsers(load.size() + GHOSTS.size() + 1);
            Checker checker = load.judge();

            Checker.Verdict told = checker.toldElsewhere(stop, Duration.ofSeconds(10));
            Checker.Verdict there = checker.toldThere(stop, goesOn, Duration.ofSeconds(15));
            Figures.atMost("F4", "told", told.worst(), Duration.ofSeconds(10));
            Figures.atMost("F4", "merged after it goes on", merged, Duration.ofSeconds(15));
            Figures.count("F4", "bytes of old bridges delivered", checker.prefix().violations().size(), 0);
            Figures.count("F4", "registered twice", checker.oneEach().violations().size(), 0);
            assertThat(told.judged()).isGreaterThan(5);
            assertThat(told.violations()).isEmpty();
            assertThat(merged).isLessThanOrEqualTo(Duration.ofSeconds(15));
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
            assertThat(there.judged()).isGreaterThan(5);
        }
    }

    private final Set<String> taken = new HashSet<>();

    /** Those of the hanging node's users who try elsewhere are told to try again, and then are in. */
    private boolean takeOver(Load load, BrokerProcess node) {
        for (String mover : GHOSTS) {
            if (!taken.contains(mover)) {
                try {
                    LoadClient.register(load.history(), mover, node, line -> {});
                    taken.add(mover);
                } catch (IOException tryAgain) {
                    assertThat(tryAgain).hasMessageContaining(";error:try again");
                    return false;
                }
            }
        }
        return true;
    }

    // has not passed five times in a row under other load yet
    @Tag("drill")
    @Test
    void f5AShortPauseCostsNothingButTime() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(3, directory);
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            History.Fault pause = load.history().fault("STOP");
            cluster.node(1).signal("STOP");
            try {
                await("3 s").pollInterval(Duration.ofMillis(10)).until(() -> since(pause).toMillis() >= 3_000);
            } finally {
                cluster.node(1).signal("CONT");
            }
            await("it answers").atMost(LONG).until(() -> cluster.node(1).ready());
            await("and goes on").atMost(LONG).until(() -> since(pause).toSeconds() >= 8);
            Checker checker = load.judge();

            Checker.Verdict all = checker.bystanders(pause);
            Figures.count("F5", "bridges lost", all.violations().size(), 0);
            assertThat(all.judged()).isEqualTo(Load.Shape.SHORT.pairs());
            assertThat(all.violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    @Test
    void f23ABanEndsEverySessionAlsoWhenNodesDoNotHearEachOther() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(2, directory, "cluster.expected-nodes=2");
                Load load = Load.on(cluster, new Load.Shape(4, 25_000, 20, 0));
                Firewall firewall = new Firewall(List.of())) {
            for (String user : List.of("callee0", "idle1", "idle3")) {
                ban(cluster.node(0), load, user);
            }
            await().atMost(LONG).until(() -> load.in() == load.size() - 3);
            Checker.Verdict heard = new Checker(load.history()).banned(Duration.ofMillis(500));
            Figures.atMost("F23", "ban, nodes hear each other", heard.worst().toMillis(), "ms", 500);
            assertThat(heard.violations()).isEmpty();

            Machine.needsRootAnd("iptables");
            for (BrokerProcess node : cluster.nodes()) {
                firewall.drop("INPUT", "-i", "lo", "-p", "tcp", "--dport", Integer.toString(node.place().bus()));
            }
            History.Fault deaf = load.history().fault("DROP of the bus");
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> ban(cluster.node(0), load, "idle5"));
            await().atMost(LONG).until(() -> load.in() == load.size() - 4);
            answered.get(40, TimeUnit.SECONDS);
            // the operator waited for the other node's word, which was lost
            assertThat(since(deaf)).isGreaterThan(Duration.ofSeconds(2));
            firewall.open();
            Checker.Verdict missed = load.judge().banned(Duration.ofSeconds(5));
            Figures.atMost("F23", "ban, messages lost", missed.worst(), Duration.ofSeconds(5));
            assertThat(missed.violations()).isEmpty();
        }
    }

    private static void ban(BrokerProcess node, Load load, String user) {
        load.history().add(new History.Banned(System.nanoTime(), user));
        try {
            assertThat(node.admin("POST", "/v1/accounts/" + user + "/ban", new JsonObject().put("reason", "test"))
                            .statusCode())
                    .isEqualTo(200);
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    @Tag("drill")
    @Test
    void f16WhatWasAcknowledgedIsThereAfterAllNodesWereKilled() throws Exception {
        TotalLoss.afterAccounts(300, directory);
    }

    @Test
    void f15AFullDiskRefusesChangesAndNothingElse() throws Exception {
        Machine.needsRootAnd("mount", "umount");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Machine.run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString());
        try (BrokerCluster cluster =
                        BrokerCluster.onLoopback(2, directory, "store.url=jdbc:sqlite:" + disk.resolve("bridgehead.db"));
                Load load = Load.on(cluster, new Load.Shape(6, 25_000, 20, 0))) {
            History.Fault full = load.history().fault("disk full");
            Path filler = disk.resolve("filler");
            fill(filler);
            List<String> acknowledged = new ArrayList<>();
            int status = 201;
            String told = "";
            for (int n = 0; n < 20_000 && status == 201; n++) {
                var answer = cluster.admin("POST", "/v1/accounts", new JsonObject().put("id", "new" + n));
                status = answer.statusCode();
                told = answer.body();
                if (status == 201) {
                    acknowledged.add("new" + n);
                }
            }
            assertThat(status).isEqualTo(503);
            assertThat(told).contains("the disk of the account store is full", disk.toString(), "nothing was changed");
            Files.delete(filler);
            await("changes are taken again")
                    .atMost(LONG)
                    .until(() -> cluster.admin("POST", "/v1/accounts", new JsonObject().put("id", "after"))
                                    .statusCode()
                            == 201);
            long lost = 0;
            for (String id : acknowledged) {
                lost += cluster.admin("GET", "/v1/accounts/" + id, null).statusCode() == 200 ? 0 : 1;
            }
            Checker checker = load.judge();
            Figures.count("F15", "acknowledged accounts lost", lost, 0);
            Figures.count("F15", "bridges lost", checker.bystanders(full).violations().size(), 0);
            assertThat(lost).isZero();
            assertThat(checker.bystanders(full).violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
        } finally {
            Machine.runAnyway("umount", "-l", disk.toString());
        }
    }

    /** As much as the disk takes. */
    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] bytes = new byte[4096];
            while (true) {
                out.write(bytes);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }
}
