package io.bridgehead.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relay room on three nodes: hosts on some, clients on any, command connections on others. */
@Timeout(60)
class RelayClusterEndToEndTest {

    private static final String TOKEN = "a-token-of-the-test";

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        String hash = HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(UTF_8)));
        cluster = TestCluster.start(
                directory, 3,
                "relay.anonymous-service=echo",
                "relay.wait=10s",
                "relay.services.web.listen=127.0.0.1:0",
                "relay.services.web.token=sha256:" + hash);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static RelayPipe webClient(int node) throws IOException {
        return RelayPipe.connect(cluster.node(node).relayClients(1));
    }

    @Test
    void aClientOfOneNodeGetsAHostOfAnother() throws IOException {
        try (RelayHost host = RelayHost.old(cluster.node(0), 2);
                RelayPipe client = RelayPipe.connect(cluster.node(1).relayClients(0))) {
            client.send("across");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("across");
            assigned.pipe().send("and back");
            client.expect("and back");

            client.close();

            host.expectDrop(assigned);
            assigned.pipe().expectEnd();
        }
    }

    @Test
    void theCommandConnectionMayBeOnAThirdNode() throws IOException {
        try (RelayHost host = RelayHost.named(cluster.node(0), cluster.node(2), "web", TOKEN, "h1", 1);
                RelayPipe client = webClient(1)) {
            client.send("three nodes");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("three nodes");
        }
    }

    @Test
    void aClientThatCameFirstIsServedByAHostThatComesToAnotherNode() throws IOException {
        try (RelayPipe client = webClient(2)) {
            client.send("early");
            try (RelayHost host = RelayHost.named(cluster.node(0), "web", TOKEN, "h2", 1)) {
                host.assigned().pipe().expect("early");
            }
        }
    }

    @Test
    void everyByteOfALargePipeBetweenNodesArrivesBothWaysWithBothEnds() throws Exception {
        try (RelayHost host = RelayHost.named(cluster.node(0), "web", TOKEN, "bulk", 1);
                RelayPipe client = webClient(1)) {
            RelayBulk.bothWays(client, host.assigned().pipe(), 16 << 20);
        }
    }

    @Test
    void aClientThatHasFinishedAndReadsLateGetsEveryByte() throws Exception {
        try (RelayHost host = RelayHost.named(cluster.node(0), "web", TOKEN, "late", 1);
                RelayPipe client = webClient(1)) {
            RelayBulk.readLate(client, host.assigned().pipe());
        }
    }

    @Test
    void halfACloseCrossesTheNodes() throws IOException {
        try (RelayHost host = RelayHost.named(cluster.node(2), "web", TOKEN, "half", 1);
                RelayPipe client = webClient(0)) {
            client.send("question");
            client.finish();
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("question");
            assigned.pipe().expectEnd();
            assigned.pipe().send("answer");
            assigned.pipe().finish();
            client.expect("answer");
            client.expectEnd();
            host.expectDrop(assigned);
        }
    }

    @Test
    void underARaceOfClientsOnAllNodesEachGetsAConnectionOfItsOwn() throws Exception {
        int each = 10;
        try (RelayHost one = RelayHost.named(cluster.node(0), "web", TOKEN, "race1", 3 * each / 2);
                RelayHost two = RelayHost.named(cluster.node(1), "web", TOKEN, "race2", 3 * each / 2)) {
            List<RelayPipe> clients = new ArrayList<>();
            for (int n = 0; n < 3 * each; n++) {
                RelayPipe client = webClient(n % 3);
                client.send("client " + (char) ('A' + n));
                clients.add(client);
            }
            Set<String> served = new TreeSet<>();
            for (RelayHost host : List.of(one, two)) {
                for (int n = 0; n < 3 * each / 2; n++) {
                    RelayHost.Data assigned = host.assigned();
                    served.add(new String(assigned.pipe().socket().getInputStream().readNBytes(8), UTF_8));
                    assigned.pipe().send("ok");
                }
            }
            assertThat(served).hasSize(3 * each);
            for (RelayPipe client : clients) {
                client.expect("ok");
                client.close();
            }
        }
    }

    @Test
    void theLeastLoadedHostOfTheClusterIsTakenFirst() throws Exception {
        try (RelayHost busy = RelayHost.named(cluster.node(0), "web", TOKEN, "busy", 3);
                RelayPipe first = webClient(0)) {
            busy.assigned();
            try (RelayHost idle = RelayHost.named(cluster.node(1), "web", TOKEN, "idle", 1)) {
                await().atMost(Duration.ofSeconds(10)).until(() -> cluster.node(2)
                        .admin("GET", "/v1/relay/hosts", null).body().contains("idle"));
                try (RelayPipe second = webClient(2)) {
                    second.send("x");
                    idle.assigned().pipe().expect("x");
                }
            }
            first.send("y");
        }
    }

    @Test
    void aHostThatComesAgainReplacesItsGhostOnEveryNode() throws Exception {
        try (RelayHost ghost = RelayHost.named(cluster.node(0), "web", TOKEN, "again", 1)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> cluster.node(1)
                    .admin("GET", "/v1/relay/hosts", null).body().contains("again"));
            try (RelayHost again = RelayHost.named(cluster.node(1), "web", TOKEN, "again", 1)) {
                ghost.commands().expectClosed();
                assertThat(again.pool()).hasSize(1);
            }
        }
    }

    @Test
    void anOperatorSeesAndKicksAHostThroughAnyNode() throws Exception {
        try (RelayHost host = RelayHost.named(cluster.node(0), cluster.node(1), "web", TOKEN, "seen", 2)) {
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                JsonObject answer =
                        new JsonObject(cluster.node(2).admin("GET", "/v1/relay/hosts", null).body());
                assertThat(answer.getJsonArray("missing")).isEmpty();
                assertThat(answer.getJsonArray("hosts").stream()
                                .map(JsonObject.class::cast)
                                .filter(each -> each.getString("host").equals("seen"))
                                .flatMap(each -> each.getJsonArray("nodes").stream())
                                .map(JsonObject.class::cast)
                                .map(on -> on.getString("node") + " " + on.getInteger("waiting") + " "
                                        + on.getInteger("commands")))
                        .containsExactly("n1 2 0", "n2 0 1");
            });
            assertThat(cluster.node(2).admin("DELETE", "/v1/relay/hosts/web/seen", null).statusCode()).isEqualTo(204);
            host.pool().getFirst().pipe().expectClosed();
            host.commands().expectClosed();
        }
    }

    @Test
    void aHostWithAWrongTokenIsClosed() throws IOException {
        RelayPipe pipe = RelayPipe.connect(cluster.node(0).relayHosts());
        RelayHost.send(pipe, io.bridgehead.relay.messages.Hello.newBuilder()
                .setVersion(1).setService("web").setToken("guess").build());
        assertThat(RelayHost.message(pipe)).isEmpty();
    }
}
