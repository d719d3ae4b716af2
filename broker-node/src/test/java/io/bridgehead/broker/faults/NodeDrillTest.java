package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The longer rows of the fault matrix that strike a node, its clients or its database. Some as root. */
@Tag("drill")
class NodeDrillTest {

    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private static Duration since(History.Fault fault) {
        return Duration.ofNanos(System.nanoTime() - fault.at());
    }

    @Test
    void f3ARollingRestartRefusesNobody() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(3, directory, "node.drain-time=4s", "node.accept-grace=1s");
                Load load = Load.on(cluster, new Load.Shape(10, 25_000, 60, 0));
                Newcomers newcomers = new Newcomers(load, cluster, Duration.ofMillis(20))) {
            History.Fault first = load.history().fault("rolling restart", "n1", "n2", "n3");
            newcomers.start();
            for (BrokerProcess node : cluster.nodes()) {
                load.avoid(node);
                node.signal("TERM");
                assertThat(node.exitCode(Duration.ofSeconds(40))).isZero();
                node.start();
                node.awaitReady();
                cluster.awaitWhole();
                load.seek(node);
            }
            newcomers.close();
            load.awaitAllIn();
            load.awaitAllTalk();
            Checker checker = load.judge();
            Checker.Verdict calls = checker.calls(first.at(), System.nanoTime());
            Checker.Verdict again = checker.backAgain(first, Duration.ofSeconds(2));
            Figures.count("F3", "registrations refused, of " + calls.judged(), calls.violations().size(), 0);
            Figures.atMost("F3", "registered again", again.worst(), Duration.ofSeconds(2));
            assertThat(calls.judged()).isGreaterThan(500);
            assertThat(calls.violations()).isEmpty();
            assertThat(again.violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    @Test
    void f12AHalfOpenClientIsFreedAndItsPartnerTold() throws Exception {
        Machine.needsRootAnd("iptables");
        try (BrokerCluster cluster = BrokerCluster.onLoopback(2, directory);
                Firewall firewall = new Firewall(List.of())) {
            cluster.accounts(List.of("ann", "bob", "idle"));
            History history = new History();
            BrokerProcess node = cluster.node(1);
            User ann = new User(history, "ann", () -> List.of(cluster.node(0)));
            User bob = new User(history, "bob", () -> List.of(node));
            ann.start();
            bob.start();
            LoadClient idle = LoadClient.register(history, "idle", node, line -> {});
            Pair pair = new Pair(history, ann, bob, 20_000);
            pair.start();
            await().atMost(LONG).until(pair::isTalking);
            History.Fault lost = history.fault("DROP of two clients", node.name());
            for (LoadClient client : List.of(bob.in(LONG), idle)) {
                String port = Integer.toString(client.localPort());
                firewall.drop("INPUT", "-i", "lo", "-p", "tcp", "--sport", port, "--dport", tcp(node));
                firewall.drop("INPUT", "-i", "lo", "-p", "tcp", "--sport", tcp(node), "--dport", port);
            }
            await("the partner is told").atMost(LONG).until(() -> history.all(History.Told.class).stream()
                    .anyMatch(told -> told.user().equals("ann")));
            Duration withData = since(lost);
            await("the idle one is freed")
                    .atMost(Duration.ofSeconds(200))
                    .until(() -> sessionsOf(node, "idle") == 0);
            Duration withoutData = since(lost);
            ann.close();
            bob.close();
            Figures.atMost("F12", "partner told, data pending", withData, Duration.ofSeconds(30));
            Figures.atMost("F12", "idle client freed", withoutData, Duration.ofSeconds(120));
            assertThat(withData).isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(withoutData).isLessThanOrEqualTo(Duration.ofSeconds(120));
        }
    }

    /** The first probe comes after 45 to 60 s, and the next ones every 7 s: those of the first 68 s are lost. */
    @Test
    void f12AnIdleClientOutlivesLostProbes() throws Exception {
        Machine.needsRootAnd("iptables");
        try (BrokerCluster cluster = BrokerCluster.onLoopback(1, directory);
                Firewall firewall = new Firewall(List.of())) {
            cluster.accounts(List.of("idle"));
            BrokerProcess node = cluster.node(0);
            LoadClient idle = LoadClient.register(new History(), "idle", node, line -> {});
            long registered = System.nanoTime();
            String port = Integer.toString(idle.localPort());
            await("the first probe").atMost(LONG.multipliedBy(3)).until(() -> secondsSince(registered) > 40);
            firewall.drop("INPUT", "-i", "lo", "-p", "tcp", "--sport", port, "--dport", tcp(node));
            firewall.drop("INPUT", "-i", "lo", "-p", "tcp", "--sport", tcp(node), "--dport", port);
            await("some are lost").atMost(LONG).until(() -> secondsSince(registered) > 68);
            firewall.open();
            await("later ones are answered").atMost(LONG.multipliedBy(3)).until(() -> secondsSince(registered) > 115);
            assertThat(sessionsOf(node, "idle")).isEqualTo(1);
        }
    }

    private static long secondsSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toSeconds();
    }

    private static String tcp(BrokerProcess node) {
        return Integer.toString(node.place().tcp());
    }

    private static int sessionsOf(BrokerProcess node, String user) throws Exception {
        return new JsonObject(node.admin("GET", "/v1/sessions?account=" + user, null).body())
                .getJsonArray("sessions")
                .size();
    }

    @Test
    void f13TheDatabaseGoesAndComesBack() throws Exception {
        Duration away = Duration.ofSeconds(Integer.getInteger("drill.database-away-seconds", 60));
        try (FarNodes nodes = new FarNodes(2, directory);
                Load load = Load.on(nodes.cluster(), new Load.Shape(10, 25_000, 40, 0))) {
            BrokerCluster cluster = nodes.cluster();
            cluster.accounts(List.of("stranger"));
            History.Fault gone = load.history().fault("database stopped");
            nodes.database().stop();
            try (LoadClient known = LoadClient.register(load.history(), "idle7", cluster.node(0), line -> {})) {
                assertThat(known.closed()).isNotDone();
            }
            assertThat(refusalOf(cluster.node(1), "nobody")).contains(";error:try again");
            assertThat(ban(cluster.node(0), "idle9")).isEqualTo(503);
            await("it stays away").atMost(away.plusSeconds(30)).until(() -> since(gone).compareTo(away) > 0);
            nodes.database().start();
            History.Fault back = load.history().fault("database is back");
            await("changes are taken again").atMost(LONG).until(() -> ban(cluster.node(0), "idle9") == 200);
            Duration recovered = since(back);
            await("and felt").atMost(LONG).until(() -> refusalOf(cluster.node(1), "idle9").contains(";failed:3"));
            Checker checker = load.judge();
            Checker.Verdict bystanders = checker.bystanders(gone);
            Figures.atMost("F13", "changes taken again", recovered, Duration.ofSeconds(5));
            Figures.count("F13", "bridges lost", bystanders.violations().size(), 0);
            assertThat(recovered).isLessThanOrEqualTo(Duration.ofSeconds(5));
            assertThat(bystanders.judged()).isEqualTo(10);
            assertThat(bystanders.violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
        }
    }

    private static String refusalOf(BrokerProcess node, String user) {
        try (LoadClient client = LoadClient.register(new History(), user, node, line -> {})) {
            return "registered on " + client.node();
        } catch (IOException refused) {
            return refused.getMessage();
        }
    }

    private static int ban(BrokerProcess node, String user) throws IOException, InterruptedException {
        return node.admin("POST", "/v1/accounts/" + user + "/ban", new JsonObject().put("reason", "test")).statusCode();
    }

    @Test
    void f24AttacksOnThePortsBetweenNodesCostNothing() throws Exception {
        try (FarNodes nodes = new FarNodes(2, directory);
                Load load = Load.on(nodes.cluster(), new Load.Shape(10, 25_000, 20, 0))) {
            BrokerProcess node = nodes.cluster().node(0);
            long before = node.residentBytes();
            History.Fault attack = load.history().fault("attack");
            Place place = node.place();
            for (int port : new int[] {place.bus(), place.member(), place.admin(), place.metrics(), place.tcp()}) {
                IntStream.range(0, 4).forEach(n -> flood(place.address(), port));
            }
            double growth = (node.residentBytes() - before) / 1048576.0;
            assertThat(node.ready()).isTrue();
            Checker checker = load.judge();
            Figures.atMost("F24", "growth of the process", Math.max(0, Math.ceil(growth)), "MiB", 64);
            Figures.count("F24", "bridges lost", checker.bystanders(attack).violations().size(), 0);
            assertThat(growth).isLessThanOrEqualTo(64);
            assertThat(checker.bystanders(attack).violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(node.printed()).doesNotContain("OutOfMemoryError");
        }
    }

    /** Announces a frame of 2 GiB and streams 200 MiB of it, for as long as it is let. */
    private static void flood(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2_000);
            socket.setSoTimeout(2_000);
            OutputStream out = socket.getOutputStream();
            out.write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array());
            byte[] bytes = new byte[64 * 1024];
            for (int n = 0; n < 3_200; n++) {
                out.write(bytes);
            }
        } catch (IOException cutOff) {
            // the sooner the better; what it cost is measured
        }
    }

    @Test
    void f25ANodeOutOfMemoryEndsAtOnce() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.fillable(3, directory);
                Load load = Load.on(cluster, Load.Shape.SHORT)) {
            BrokerProcess victim = cluster.node(2);
            load.avoid(victim);
            History.Fault full = load.history().fault("heap full", victim.name());
            victim.signal("USR2");
            assertThat(victim.exitCode(Duration.ofSeconds(30))).isNotZero();
            History.Fault ended = load.history().fault("process ended", victim.name());
            load.awaitAllIn();
            load.awaitAllTalk();
            Checker checker = load.judge();
            Checker.Verdict told = checker.told(full, Duration.ofSeconds(10));
            Figures.atMost("F25", "process ended", Duration.ofNanos(ended.at() - full.at()), Duration.ofSeconds(10));
            Figures.atMost("F25", "told", told.worst(), Duration.ofSeconds(10));
            assertThat(told.judged()).isGreaterThan(5);
            assertThat(told.violations()).isEmpty();
            assertThat(checker.bystanders(full).violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }
}
