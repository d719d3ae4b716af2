package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.Bridgehead;
import io.bridgehead.broker.account.AccountDraft;
import io.bridgehead.broker.account.Pin;
import io.bridgehead.broker.account.PinHasher;
import io.bridgehead.broker.account.RetryHint;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.store.SqlStore;
import io.bridgehead.broker.store.StoreSettings;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows with as many users as the machine bears: three nodes, and the users in processes of their own. */
@Tag("drill")
class CrowdDrillTest {

    private static final int STORM = Integer.getInteger("drill.storm", 10_000);

    /**
     * How often all come again, one after the other, before a node is killed: nodes of some minutes' age still compile
     * what they do then, and that takes half of the machine.
     */
    private static final int WARM_UPS = Integer.getInteger("drill.warm-ups", 4);

    /** For each of three nodes; a process may have 20,000 open files on many machines. */
    private static final int IDLE_ON_EACH = Integer.getInteger("drill.idle", 16_700);

    private static final String PIN = "4711";
    private static final int ECHO_PAIRS = 10;
    private static final Duration BACK = Duration.ofSeconds(60);
    /** As long as it takes until a node has asserted all its rows once. */
    private static final Duration MEASURED = Duration.ofSeconds(60);

    /** Percent of a core for the busiest node, without its JVM's compilers. */
    private static final double IDLE = 2;

    /** The crowd's arrival is over by then, to the last timer and backup. */
    private static final int MOST_MINUTES = 8;

    private static final Duration ARRIVAL = Duration.ofSeconds(300);

    @TempDir
    private Path directory;

    private List<String> tls() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=broker.example.org")
                .addSanDnsName("broker.example.org")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path cert = Files.writeString(directory.resolve("cert.pem"), bundle.getCertificatePEM());
        Path key = Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM());
        return List.of("estim.tls.cert=" + cert, "estim.tls.key=" + key);
    }

    private BrokerCluster threeNodes(String firstHeap, String heap, List<String> sets) {
        List<String> all = new ArrayList<>(List.of("accounts.mode=open"));
        all.addAll(sets);
        Build build = Build.present(Bridgehead.class).asInProduction(firstHeap, heap);
        return BrokerCluster.onLoopback(3, directory, build, all.toArray(String[]::new));
    }

    /**
     * One node of three dies, and its third of ten thousand users comes back at once. The users' side of the hand-shakes
     * runs on this machine, too, and so do both nodes that are left: so the same storm goes over two nodes first that have
     * nothing to do with the bridges, nor with each other.
     */
    @Test
    void f21AllAreBackAfterANodeWasKilledUnderThem() throws Exception {
        List<String> tls = tls();
        try (BrokerCluster cluster = threeNodes("1g", "1g", tls);
                BrokerProcess lone = lone("lone", tls);
                BrokerProcess other = lone("other", tls)) {
            accountsWithPin(STORM);
            List<EchoPair> bridged = new ArrayList<>();
            for (int n = 0; n < ECHO_PAIRS; n++) {
                bridged.add(EchoPair.bridged(n, cluster.node(0), cluster.node(n % 2)));
            }
            long came = System.nanoTime();
            try (Crowd crowd = new Crowd(0, STORM, cluster.nodes(), true, PIN)) {
                crowd.awaitAllIn(ARRIVAL);
                System.out.println("F21 all in after " + Duration.ofNanos(System.nanoTime() - came) + "; " + crowd);
                warmUp(crowd);
                System.out.println("F21 all in again after " + Duration.ofNanos(System.nanoTime() - came));
                Times elsewhere;
                try (Crowd strangers = new Crowd(STORM, STORM / 3, List.of(lone, other), true, "")) {
                    strangers.awaitAllIn(ARRIVAL);
                    warmUp(strangers);
                    elsewhere = measured(bridged);
                    came = System.nanoTime();
                    strangers.comeAgain();
                    strangers.awaitAllIn(BACK.multipliedBy(2));
                    System.out.println("F21 elsewhere all back after " + Duration.ofNanos(System.nanoTime() - came)
                            + "; " + strangers);
                }
                lone.close();
                other.close();
                Times before = measured(bridged);
                await("enough is measured").atMost(BACK).until(() -> before.count() > 2_000);
                // about a third; who was refused at first went elsewhere
                double onTheVictim = cluster.node(2).metric("bridgehead_sessions");
                System.out.println("F21 users on the node that dies: " + onTheVictim + "; " + crowd);
                double hashesBefore = pinHashes(cluster);
                int cutOffBefore = crowd.cutOff();
                Times during = measured(bridged);
                long began = System.nanoTime();
                cluster.node(2).kill();
                await("a third is cut off").atMost(BACK).until(() -> crowd.cutOff() - cutOffBefore >= onTheVictim);
                crowd.awaitAllIn(BACK.multipliedBy(2));
                Duration back = Duration.ofNanos(System.nanoTime() - began);
                double hashes = pinHashes(cluster) - hashesBefore;
                double slower = times(during, before);
                double machine = times(elsewhere, before);
                System.out.printf(
                        "F21 round trips before: %s; under the same storm on two other nodes: %s; under this one: %s; %s%n",
                        before, elsewhere, during, crowd);
                Figures.atMost("F21", "all back of " + crowd.cutOff(), back, BACK);
                Figures.atMost("F21", "Argon2 runs", hashes, "runs", 75);
                Figures.atMost("F21", "p99 of standing bridges, the storm elsewhere", machine, "times", machine);
                Figures.atMost("F21", "p99 of standing bridges", slower, "times", 2 * Math.max(1, machine));
                assertThat(back).isLessThanOrEqualTo(BACK);
                assertThat(hashes).isLessThanOrEqualTo(75);
                assertThat(bridged).noneMatch(EchoPair::isBroken);
                assertThat(slower).isLessThanOrEqualTo(2 * Math.max(1, machine));
            } finally {
                for (EchoPair pair : bridged) {
                    pair.close();
                }
            }
        }
    }

    private static void warmUp(Crowd crowd) {
        for (int n = 0; n < WARM_UPS; n++) {
            crowd.comeAgainGently();
            crowd.awaitAllIn(ARRIVAL);
        }
    }

    /** A node that is in no cluster. */
    private BrokerProcess lone(String name, List<String> tls) {
        List<String> sets = new ArrayList<>(List.of("accounts.mode=open"));
        sets.addAll(tls);
        BrokerProcess lone = new BrokerProcess(
                Place.onLoopback(name),
                directory.resolve(name),
                Build.present(Bridgehead.class).asInProduction("1g", "1g"),
                sets);
        lone.start();
        lone.awaitReady();
        return lone;
    }

    /** Round trips from now on. */
    private static Times measured(List<EchoPair> pairs) {
        Times now = new Times();
        pairs.forEach(pair -> pair.measure(now));
        return now;
    }

    private static double times(Times now, Times before) {
        return (double) now.p99().toNanos() / before.p99().toNanos();
    }

    private static double pinHashes(BrokerCluster cluster) {
        return cluster.nodes().stream()
                .filter(BrokerProcess::isAlive)
                .limit(2)
                .mapToDouble(node -> node.metric("bridgehead_pin_hashes_total"))
                .sum();
    }

    /** Hashed at the least cost, or their first coming would take minutes: what counts is that it is not done again. */
    private void accountsWithPin(int count) throws Exception {
        PinHasher.Cost cost = new PinHasher.Cost(8, 1, 1);
        SecureRandom random = new SecureRandom();
        RetryHint hint = new RetryHint(Duration.ofSeconds(1), random::nextDouble);
        StoreSettings settings = new StoreSettings("jdbc:sqlite:" + BrokerCluster.database(directory), "", "");
        try (PinHasher hasher = new PinHasher(cost, Optional.empty(), 1, 1, random, hint);
                SqlStore store = SqlStore.open(settings, "example.org", InstantSource.system())) {
            Optional<String> hash = Optional.of(done(hasher.hash(Pin.parse(PIN).orElseThrow())));
            for (int n = 0; n < count; n++) {
                AccountId id = AccountId.require(Crowd.user(n), "example.org");
                AccountDraft draft = new AccountDraft(id, hash, Optional.empty(), "standard", Optional.empty());
                done(store.accounts().create(draft));
            }
        }
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void f22FiftyThousandIdleUsersCostLittle() throws Exception {
        idle(List.of(), false, 20);
    }

    @Test
    void f22FiftyThousandIdleUsersOverTlsCostLittle() throws Exception {
        idle(tls(), true, 30);
    }

    private void idle(List<String> sets, boolean tls, double limitKilobytes) throws Exception {
        String row = tls ? "F22 TLS" : "F22";
        try (BrokerCluster cluster = threeNodes("32m", "1g", sets)) {
            cluster.nodes().forEach(BrokerProcess::collectGarbage);
            long before = resident(cluster);
            List<Crowd> crowds = new ArrayList<>();
            try {
                long began = System.nanoTime();
                for (int n = 0; n < cluster.nodes().size(); n++) {
                    crowds.add(new Crowd(n * IDLE_ON_EACH, IDLE_ON_EACH, List.of(cluster.node(n)), tls, ""));
                }
                crowds.forEach(crowd -> crowd.awaitAllIn(ARRIVAL));
                Duration arrival = Duration.ofNanos(System.nanoTime() - began);
                int users = crowds.stream().mapToInt(Crowd::in).sum();
                double asTheyCame = (resident(cluster) - before) / 1000.0 / users;
                cluster.nodes().forEach(BrokerProcess::collectGarbage);
                double each = (resident(cluster) - before) / 1000.0 / users;
                double whole = resident(cluster) / 1000.0 / users;
                System.out.printf(
                        "%s: %d in after %s; memory before the collection %.1f KB each, whole process %.1f KB%n",
                        row, users, arrival, asTheyCame, whole);
                double cpu = idleShare(cluster, row);
                int lost = crowds.stream().mapToInt(Crowd::cutOff).sum();
                Figures.atMost(row, "memory for each of " + users, each, "KB", limitKilobytes);
                Figures.atMost(row, "busiest node's share of a core, without compilers", cpu, "%", IDLE);
                Figures.count(row, "users lost", lost, 0);
                if (lost > 0) {
                    System.out.println(row + " lost: " + crowds);
                    cluster.nodes()
                            .forEach(node -> System.out.println(
                                    node.name() + ": " + node.above0("bridgehead_closes_total")));
                }
                assertThat(each).isLessThanOrEqualTo(limitKilobytes);
                assertThat(cpu).isLessThan(IDLE);
                assertThat(lost).isZero();
            } finally {
                crowds.forEach(Crowd::close);
            }
        }
    }

    private static long resident(BrokerCluster cluster) {
        return cluster.nodes().stream().mapToLong(BrokerProcess::residentBytes).sum();
    }

    /**
     * Of one core, in percent, of the node that used most, in the first minute that is idle, or the last. The compilers
     * of a JVM do not count: they have less to do each minute, for hours, and a method they have not come to yet costs
     * more here than it will.
     */
    private static double idleShare(BrokerCluster cluster, String row) {
        for (int minute = 1; ; minute++) {
            List<Duration> compilersBefore = all(cluster, BrokerProcess::compilerCpu);
            List<Duration> before = all(cluster, BrokerProcess::cpu);
            long began = System.nanoTime();
            await("time to be idle")
                    .atMost(MEASURED.plusSeconds(10))
                    .until(() -> System.nanoTime() - began > MEASURED.toNanos());
            List<Duration> compilers = spent(compilersBefore, all(cluster, BrokerProcess::compilerCpu));
            List<Duration> whole = spent(before, all(cluster, BrokerProcess::cpu));
            long nanos = System.nanoTime() - began;
            double share = busiest(spent(compilers, whole), nanos);
            System.out.printf(
                    "%s: minute %d: busiest node's share of a core %.1f %%, with its compilers %.1f %%%n",
                    row, minute, share, busiest(whole, nanos));
            if (share < IDLE || minute == MOST_MINUTES) {
                return share;
            }
        }
    }

    private static List<Duration> all(BrokerCluster cluster, Function<BrokerProcess, Duration> of) {
        return cluster.nodes().stream().map(of).toList();
    }

    private static List<Duration> spent(List<Duration> before, List<Duration> after) {
        return IntStream.range(0, before.size())
                .mapToObj(n -> after.get(n).minus(before.get(n)))
                .toList();
    }

    private static double busiest(List<Duration> spent, long nanos) {
        return spent.stream()
                .mapToDouble(each -> 100.0 * each.toNanos() / nanos)
                .max()
                .orElseThrow();
    }
}
