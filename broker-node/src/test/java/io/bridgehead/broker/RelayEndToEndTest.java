package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay room from socket to socket, on one node, with hosts of the seed's kind. */
@Timeout(60)
class RelayEndToEndTest {

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    /** As many drops at once put a host out. */
    private static final int HOST_STRIKES = 3;

    /** As many meet a pipe's time running out, that is 1 s, each by chance. */
    private static final int LATE_READERS = 12;

    @TempDir
    private Path directory;

    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(directory, "relay.anonymous-service=echo", "relay.wait=10s", "relay.drain-timeout=1s");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aClientGetsTheHostThatHasWaitedLongest() throws IOException {
        try (RelayHost host = RelayHost.old(node, RelayHost.POOL);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data first = host.pool().getFirst();

            client.send("hello");

            RelayHost.Data assigned = host.assigned();
            assertThat(assigned).isSameAs(first);
            assigned.pipe().expect("hello");
            assigned.pipe().send("hello yourself");
            client.expect("hello yourself");
        }
    }

    @Test
    void aHostIsToldWhereItsClientsConnectAndANumberOfItsOwn() throws IOException {
        try (RelayHost host = RelayHost.old(node, RelayHost.POOL)) {
            Set<Integer> numbers = new HashSet<>();
            for (RelayHost.Data data : host.pool()) {
                assertThat(data.session()).isPositive();
                numbers.add(data.session());
                assertThat(data.welcome().getRelayHost()).isEqualTo("127.0.0.1");
                assertThat(data.welcome().getRelayPort()).isEqualTo(Integer.toString(node.relayClients(0)));
            }
            assertThat(numbers).hasSize(RelayHost.POOL);
        }
    }

    @Test
    void aClientThatLeavesIsAnnouncedAndThenItsHostConnectionIsClosed() throws IOException {
        try (RelayHost host = RelayHost.old(node, 2)) {
            RelayPipe client = RelayPipe.connect(node.relayClients(0));
            client.send("last words");
            RelayHost.Data assigned = host.assigned();

            client.close();

            host.expectDrop(assigned);
            assigned.pipe().expect("last words");
            assigned.pipe().expectEnd();
        }
    }

    @Test
    void aHostConnectionThatEndsEndsItsClient() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().send("farewell");
            assigned.pipe().close();

            client.expect("farewell");
            client.expectEnd();
        }
    }

    @Test
    void aHostConnectionThatBreaksOffIsNoEndForItsClient() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().send("half an ans");
            client.expect("half an ans");
            assigned.pipe().reset();

            client.expectCut();
        }
    }

    @Test
    void aClientThatBreaksOffIsNoEndForItsHost() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1)) {
            RelayPipe client = RelayPipe.connect(node.relayClients(0));
            client.send("half a quest");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("half a quest");
            client.reset();

            assigned.pipe().expectCut();
            host.expectDrop(assigned);
        }
    }

    /** It has finished, and breaks off when its client goes on: that one has all there was. */
    @Test
    void aHostConnectionThatBreaksOffBehindItsEndHasEnded() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().send("the whole answer");
            assigned.pipe().finish();
            client.expect("the whole answer");
            client.expectEnd();
            assigned.pipe().reset();

            client.expectEnd();
        }
    }

    @Test
    void aClientThatSaysThatItSendsNoMoreStillHearsTheHost() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            client.send("question");
            client.finish();
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("question");
            assigned.pipe().expectEnd();
            host.expectDrop(assigned);

            assigned.pipe().send("answer");
            assigned.pipe().close();

            client.expect("answer");
            client.expectEnd();
        }
    }

    @Test
    void aHostThatKeepsAPipeOpenWhoseClientIsGoneIsClosed() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1)) {
            RelayPipe.connect(node.relayClients(0)).close();
            RelayHost.Data assigned = host.assigned();

            assigned.pipe().expectEnd();
            host.expectDrop(assigned);
            await().atMost(TEN_SECONDS).until(() -> node.metric(
                    "bridgehead_relay_closes_total{kind=\"host\",reason=\"half_closed\"}") == 1);
        }
    }

    @Test
    void whatAHostSaysBeforeItHasAClientIsThatClients() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1)) {
            host.pool().getFirst().pipe().send("220 ready");
            try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
                client.expect("220 ready");
            }
        }
    }

    @Test
    void aClientWithoutAHostIsClosedAndCounted() throws Exception {
        try (TestNode impatient = TestNode.start(
                        Files.createDirectory(directory.resolve("other")), "relay.anonymous-service=echo",
                        "relay.wait=200ms");
                RelayPipe client = RelayPipe.connect(impatient.relayClients(0))) {
            client.send("anybody?");
            client.expectClosed();
            assertThat(impatient.metric(
                            "bridgehead_relay_clients_total{result=\"no_host\",service=\"echo\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void everyByteOfALargePipeArrivesBothWays() throws Exception {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayPipe other = host.assigned().pipe();
            RelayBulk.bothWays(client, other, 32 << 20);
        }
    }

    @Test
    void aClientThatSendsWithoutEndBeforeAHostComesIsHeldBack() throws Exception {
        try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            // what the kernel's buffers hold on both sides, and one read
            assertThat(RelayBulk.sendUntilItStops(client, 64 << 20)).isLessThan(32 << 20);

            try (RelayHost host = RelayHost.old(node, 1)) {
                RelayBulk.expect(host.assigned().pipe(), 64 << 20);
            }
        }
    }

    @Test
    void clientsThatHaveFinishedAndReadLateGetEveryByte() throws Exception {
        Map<RelayPipe, RelayPipe> hosts = new HashMap<>();
        try (RelayHost host = RelayHost.old(node, LATE_READERS);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int n = 0; n < LATE_READERS; n++) {
                RelayPipe client = RelayPipe.connect(node.relayClients(0));
                hosts.put(client, host.assigned().pipe());
            }
            CompletableFuture.allOf(hosts.entrySet().stream()
                            .map(pair -> CompletableFuture.runAsync(
                                    () -> RelayBulk.readLate(pair.getKey(), pair.getValue()), threads))
                            .toArray(CompletableFuture[]::new))
                    .get(40, TimeUnit.SECONDS);
        } finally {
            for (Map.Entry<RelayPipe, RelayPipe> pair : hosts.entrySet()) {
                pair.getKey().close();
                pair.getValue().close();
            }
        }
    }

    @Test
    void aHostThatDoesNotReadHoldsItsClientBack() throws Exception {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayPipe pipe = host.assigned().pipe();
            assertThat(RelayBulk.sendUntilItStops(client, 64 << 20)).isLessThan(32 << 20);
            RelayBulk.expect(pipe, 64 << 20);
        }
    }

    @Test
    void aHostConnectionThatIsGoneIsNotGivenToAClient() throws Exception {
        try (RelayHost host = RelayHost.old(node, 2)) {
            host.pool().removeFirst().pipe().reset();
            await().atMost(TEN_SECONDS).until(() -> new JsonObject(
                            node.admin("GET", "/v1/relay/services", null).body())
                    .getJsonArray("services").getJsonObject(0).getInteger("waiting") == 1);
            try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
                client.send("x");
                host.assigned().pipe().expect("x");
            }
        }
    }

    @Test
    void aHostThatDropsItsClientsAtOnceGetsNoMoreForAWhile() throws Exception {
        try (RelayHost host = RelayHost.old(node, 5)) {
            for (int n = 0; n < HOST_STRIKES; n++) {
                try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
                    host.assigned().pipe().reset();
                    client.expectClosed();
                }
            }
            await().atMost(TEN_SECONDS).until(() -> node.metric("bridgehead_relay_hosts_out_total") == 1);

            JsonObject stand = new JsonObject(node.admin("GET", "/v1/relay/hosts", null).body())
                    .getJsonArray("hosts").getJsonObject(0);
            assertThat(stand.getJsonArray("nodes").getJsonObject(0).getInteger("waiting")).isZero();
        }
    }

    @Test
    void aKickedHostLosesAllItsConnections() throws Exception {
        try (RelayHost host = RelayHost.old(node, 2)) {
            assertThat(node.admin("DELETE", "/v1/relay/hosts/echo/@127.0.0.1", null).statusCode()).isEqualTo(204);

            host.pool().get(0).pipe().expectClosed();
            host.pool().get(1).pipe().expectClosed();
            host.commands().expectClosed();
            assertThat(node.admin("DELETE", "/v1/relay/hosts/echo/nobody", null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aKickIsNoEndForAPipe() throws Exception {
        expectBothCutBy("DELETE", "/v1/relay/hosts/echo/@127.0.0.1");
    }

    @Test
    void theEndOfADrainIsNoEndForAPipe() throws Exception {
        expectBothCutBy("POST", "/v1/nodes/n1/drain");
    }

    private void expectBothCutBy(String method, String path) throws Exception {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            client.send("half a quest");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("half a quest");
            assigned.pipe().send("half an ans");
            client.expect("half an ans");

            assertThat(node.admin(method, path, null).statusCode()).isBetween(200, 299);

            client.expectCut();
            assigned.pipe().expectCut();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "00000000", "ffffffff", "00001001", "474554202f20485454502f312e310d0a0d0a", "0000000100",
        "160301020001000101", "00000005a20602776a"
    })
    void aHostThatDoesNotSpeakTheProtocolIsClosedAndCostsNobodyAnything(String hex) throws Exception {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe stranger = RelayPipe.connect(node.relayHosts());
                RelayPipe other = RelayPipe.connect(node.relayCommands())) {
            stranger.send(HexFormat.of().parseHex(hex));
            other.send(HexFormat.of().parseHex(hex));
            stranger.expectClosed();
            other.expectClosed();

            try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
                client.send("still there");
                host.assigned().pipe().expect("still there");
            }
        }
    }

    @Test
    void aHostThatTakesItsTimeToSayHelloIsClosed() throws Exception {
        try (TestNode hasty = TestNode.start(
                        Files.createDirectory(directory.resolve("hasty")),
                        "relay.anonymous-service=echo", "relay.handshake-timeout=500ms");
                RelayPipe slow = RelayPipe.connect(hasty.relayHosts());
                RelayHost host = RelayHost.old(hasty, 1)) {
            slow.send(HexFormat.of().parseHex("0000000208"));
            slow.expectClosed();
            assertThat(hasty.metric("bridgehead_relay_closes_total{kind=\"host\",reason=\"no_hello\"}")).isEqualTo(1);

            try (RelayPipe client = RelayPipe.connect(hasty.relayClients(0))) {
                client.send("still there");
                host.assigned().pipe().expect("still there");
            }
        }
    }

    @Test
    void aHelloAfterTheAssignmentIsTheClientsBytes() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().send(HexFormat.of().parseHex("000000020801"));
            assertThat(client.socket().getInputStream().readNBytes(6))
                    .isEqualTo(HexFormat.of().parseHex("000000020801"));
        }
    }

    @Test
    void aClientThatComesFirstWaitsWithItsBytes() throws IOException {
        try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            client.send("early");
            try (RelayHost host = RelayHost.old(node, 1)) {
                RelayHost.Data assigned = host.assigned();
                assigned.pipe().expect("early");
            }
        }
    }
}
