package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.partition.MigrationInfo;
import com.hazelcast.internal.partition.impl.InternalPartitionServiceImpl;
import com.hazelcast.internal.partition.impl.MigrationInterceptor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which nodes join, and which are refused with a line that says why. */
class ClusterStartTest {

    @TempDir
    private Path directory;

    private TestNode start(String cluster, String node, int port, List<Integer> ports, String... sets)
            throws Exception {
        return TestNode.start(
                Files.createDirectories(directory.resolve(node + port)),
                TestCluster.settings(cluster, directory, node, port, ports, sets).toArray(String[]::new));
    }

    @Test
    void aSecondNodeOfTheSameNameIsRefusedAndTheFirstServesOn() throws Exception {
        List<Integer> ports = FreePorts.of(2);
        try (TestNode first = start("twins", "n1", ports.get(0), ports, "accounts.mode=open")) {
            assertThatThrownBy(() -> start("twins", "n1", ports.get(1), ports, "accounts.mode=open"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("node.name: n1 (expected: a name that no other member has");
            try (LineClient ann = first.registered("ann");
                    LineClient bob = first.registered("bob")) {
                LineClient.bridge(ann, "ann", bob, "bob");
            }
        }
    }

    @Test
    void anAddressThatOthersReachNeedsTls() throws Exception {
        List<Integer> ports = FreePorts.of(1);
        for (String key : List.of("cluster.listen", "cluster.event-bus")) {
            assertThatThrownBy(() -> start("open", "n1", ports.get(0), ports, key + "=192.0.2.1:15701"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith(key + ": 192.0.2.1:15701 (expected: a loopback address, or cluster.tls.cert");
        }
    }

    @Test
    void aNodeWithoutItsDatabaseItsPepperOrItsTokenNeverJoins() throws Exception {
        List<Integer> ports = FreePorts.of(3);
        String url = "jdbc:postgresql://127.0.0.1:" + ports.get(2) + "/none";
        Path pepper = Files.writeString(directory.resolve("short.pepper"), "salt");
        Path token = Files.writeString(directory.resolve("short.token"), "guessed");
        try (TestNode one = start("crashing", "n1", ports.get(0), ports)) {
            List<String> joined = joinsOf(member("crashing"));

            assertThatThrownBy(() -> start("crashing", "n2", ports.get(1), ports, "store.url=" + url))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("store.url " + url + ": cannot be opened: ");
            assertThatThrownBy(() -> start("crashing", "n2", ports.get(1), ports, "accounts.pepper-file=" + pepper))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("pepper: 4 bytes (expected: at least ");
            assertThatThrownBy(() -> start("crashing", "n2", ports.get(1), ports, "admin.token-file=" + token))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("admin.token-file: " + token);

            try (TestNode two = start("crashing", "n2", ports.get(1), ports)) {
                await().until(() -> !joined.isEmpty());
                assertThat(joined).hasSize(1);
            }
        }
    }

    /** Grows by each member that joins from now on. */
    private static List<String> joinsOf(HazelcastInstance member) {
        List<String> joined = new CopyOnWriteArrayList<>();
        member.getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberAdded(MembershipEvent event) {
                joined.add(event.getMember().toString());
            }
        });
        return joined;
    }

    @Test
    void readinessNamesTheBusAndTheRowsBackups() throws Exception {
        List<Integer> ports = FreePorts.of(1);
        try (TestNode node = start("ready", "n1", ports.get(0), ports)) {
            await().until(() -> node.metrics("/health/ready").statusCode() == 200);
            assertThat(new JsonObject(node.metrics("/health/ready").body()).encode())
                    .contains("\"bus\":true", "\"backups\":true");
        }
    }

    @Test
    void aNodeIsNotReadyBeforeTheRowsAreHeldTwice() throws Exception {
        List<Integer> ports = FreePorts.of(2);
        CountDownLatch rowsMayMove = new CountDownLatch(1);
        try (TestNode one = start("backups", "n1", ports.get(0), ports)) {
            holdRows("backups", rowsMayMove);
            try (TestNode two = start("backups", "n2", ports.get(1), ports)) {
                await().until(() -> two.metrics("/health/ready").body().contains("\"bus\":true"));
                assertThat(two.metrics("/health/ready").body()).contains("\"backups\":false");
                assertThat(two.metrics("/health/ready").statusCode()).isEqualTo(503);
                assertThat(one.metrics("/health/ready").statusCode()).isEqualTo(200);

                rowsMayMove.countDown();
                await().until(() -> two.metrics("/health/ready").statusCode() == 200);
            } finally {
                rowsMayMove.countDown();
            }
        }
    }

    /** The cluster's only member gives no row to another until it may. */
    private static void holdRows(String cluster, CountDownLatch until) {
        HazelcastInstanceProxy member = (HazelcastInstanceProxy) member(cluster);
        ((InternalPartitionServiceImpl) member.getOriginal().node.getPartitionService())
                .setMigrationInterceptor(new MigrationInterceptor() {
                    @Override
                    public void onMigrationStart(MigrationParticipant who, MigrationInfo what) {
                        if (who == MigrationParticipant.MASTER) {
                            awaitQuietly(until);
                        }
                    }
                });
    }

    private static HazelcastInstance member(String cluster) {
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(each -> each.getConfig().getClusterName().equals(cluster))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nodesWithCertificatesOfTheirClusterBridge() throws Exception {
        Path tls = directory.resolve("tls");
        assertThat(clusterInit("--out", tls.toString(), "--nodes", "n1,n2", "--hosts", "127.0.0.1")).isZero();
        List<Integer> ports = FreePorts.of(2);
        try (TestNode one = start("closed", "n1", ports.get(0), ports, withTls(tls, "n1"));
                TestNode two = start("closed", "n2", ports.get(1), ports, withTls(tls, "n2"));
                LineClient ann = one.registered("ann");
                LineClient bob = two.registered("bob")) {
            LineClient.bridge(ann, "ann", bob, "bob");
            String much = "0123456789abcdef".repeat(64 * 1024) + "\n";
            Thread writing = Thread.ofVirtual().start(() -> write(ann, much));
            bob.expectData(much);
            writing.join();
            bob.write("thanks\n;end\n");
            ann.expectData("thanks\n");
            ann.expect(";disconnected");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException nodeStops) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(LineClient client, String text) {
        try {
            client.write(text);
        } catch (IOException seenByTheReader) {
            throw new UncheckedIOException(seenByTheReader);
        }
    }

    private static String[] withTls(Path tls, String node) {
        return new String[] {
            "accounts.mode=open",
            "cluster.tls.cert=" + tls.resolve(node + ".pem"),
            "cluster.tls.key=" + tls.resolve(node + "-key.pem"),
            "cluster.tls.ca=" + tls.resolve("ca.pem")
        };
    }

    private static int clusterInit(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "cluster";
        all[1] = "init";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        NodeRunner none = (config, mode) -> {
            throw new AssertionError("no node is started");
        };
        return Bridgehead.commandLine(
                        none,
                        new Surroundings(Map.of(), InputStream.nullInputStream(), Clock.systemUTC()),
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(new StringWriter()))
                .execute(all);
    }
}
