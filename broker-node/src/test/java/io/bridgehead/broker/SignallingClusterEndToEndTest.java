package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.signalling.JoinTokenForTests;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signalling room across two nodes: who meets, who comes back and where, and what becomes of what it missed. */
class SignallingClusterEndToEndTest {

    private static final String EXTENDED = "bridgehead.v1";

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private static int one;
    private static int two;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 2,
                "signalling.guesses-per-address=10000", "signalling.resume-grace=20s",
                "signalling.messages-per-second=10000", "signalling.message-burst=10000");
        one = cluster.node(0).signalling();
        two = cluster.node(1).signalling();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String resume(SignallingClient of) {
        return "resume." + of.secret();
    }

    @Test
    void peersOnTwoNodesMeetAndPart() throws Exception {
        SignallingClient server = SignallingClient.server(one);
        SignallingClient near = SignallingClient.client(one, server.id());
        SignallingClient far = SignallingClient.client(two, server.id());
        server.expect("PEER_JOINED");
        assertThat(server.expect("PEER_JOINED").getString("id")).isEqualTo(far.id());

        String large = "\"" + "\u00e9".repeat(20_000) + "\"";
        far.send(server.id(), "offer", large);
        assertThat(server.text()).contains("\"from\":\"" + far.id() + "\"").contains(large);
        server.send(far.id(), "answer", "{\"n\":1.0}");
        assertThat(far.text()).isEqualTo("{\"from\":\"" + server.id() + "\",\"to\":\"" + far.id()
                + "\",\"type\":\"answer\",\"message\":{\"n\":1.0}}");
        far.send(near.id(), "x", "1").expectError("wrong-to");

        far.leave();
        assertThat(server.expect("PEER_GONE").getString("id")).isEqualTo(far.id());
        server.leave();
        near.expect("PEER_GONE");
    }

    @Test
    void aServersPeersOnTheOtherNodeHearThatItHasLeft() throws Exception {
        SignallingClient server = SignallingClient.server(one);
        SignallingClient far = SignallingClient.client(two, server.id());
        server.expect("PEER_JOINED");

        server.leave();

        assertThat(far.expect("PEER_GONE").getString("id")).isEqualTo(server.id());
        far.expectClosed(4410);
        SignallingClient.connect(two, "/client/" + server.id()).expectClosed(4404);
    }

    @Test
    void aHundredMessagesEachWayArriveInOrder() throws Exception {
        SignallingClient server = SignallingClient.server(one);
        SignallingClient far = SignallingClient.client(two, server.id());
        server.expect("PEER_JOINED");
        for (int n = 0; n < 300; n++) {
            far.send(server.id(), "up", Integer.toString(n));
            server.send(far.id(), "down", Integer.toString(n));
        }
        for (int n = 0; n < 300; n++) {
            assertThat(server.next().getInteger("message")).isEqualTo(n);
            assertThat(far.next().getInteger("message")).isEqualTo(n);
        }
    }

    @Test
    void aClientComesBackOnAnotherNodeAndNobodyNoticed() throws Exception {
        SignallingClient server = SignallingClient.server(one, EXTENDED);
        SignallingClient client = SignallingClient.client(one, server.id(), EXTENDED);
        server.expect("PEER_JOINED");
        client.send(server.id(), "a", "1");
        assertThat(server.next().getString("type")).isEqualTo("a");
        server.send(client.id(), "b", "1");
        assertThat(client.next().getLong("seq")).isEqualTo(1);
        client.breakOff();
        server.send(client.id(), "c", "2").send(client.id(), "c", "3");

        SignallingClient back = SignallingClient.client(two, server.id(), EXTENDED, resume(client), "seen.1");

        assertThat(back.id()).isEqualTo(client.id());
        assertThat(back.hello().getBoolean("resumed")).isTrue();
        assertThat(back.hello().getLong("received")).isEqualTo(1);
        assertThat(back.hello().getLong("lost")).isZero();
        assertThat(back.next().getInteger("message")).isEqualTo(2);
        JsonObject last = back.next();
        assertThat(last.getInteger("message")).isEqualTo(3);
        assertThat(last.getLong("seq")).isEqualTo(3);
        back.send(server.id(), "d", "4");
        assertThat(server.next().getInteger("message")).isEqualTo(4);
        assertThat(server.isQuiet()).isTrue();
    }

    @Test
    void aServerComesBackOnAnotherNodeWithItsTokenAndItsClients() throws Exception {
        SignallingClient server = SignallingClient.server(one, EXTENDED);
        SignallingClient client = SignallingClient.client(one, server.id());
        server.expect("PEER_JOINED");
        server.breakOff();
        client.send(server.id(), "while-away", "1");
        SignallingClient late = SignallingClient.client(two, server.id());

        SignallingClient back = SignallingClient.server(two, EXTENDED, resume(server), "seen.1");

        assertThat(back.id()).isEqualTo(server.id());
        assertThat(back.next().getString("type")).isEqualTo("while-away");
        assertThat(back.expect("PEER_JOINED").getString("id")).isEqualTo(late.id());
        back.send(client.id(), "hi", "1");
        assertThat(client.next().getString("type")).isEqualTo("hi");
        client.leave();
        assertThat(back.expect("PEER_GONE").getString("id")).isEqualTo(client.id());
    }

    @Test
    void aServerThatIsCutOffWhileItComesBackStillComesBack() throws Exception {
        String open = "bridgehead_connections_open{listener=\"signalling\"}";
        double others = cluster.metric(open);
        SignallingClient server = SignallingClient.server(one, EXTENDED);
        SignallingClient client = SignallingClient.client(two, server.id(), EXTENDED);
        server.expect("PEER_JOINED");
        server.breakOff();
        for (int n = 0; n < 100; n++) {
            SignallingClient.connect(n % 2 == 0 ? one : two, "/server", EXTENDED, resume(server)).breakOff();
        }
        // whoever comes last puts the others out
        await().until(() -> cluster.metric(open) <= others + 1);
        SignallingClient back = SignallingClient.server(two, EXTENDED, resume(server), "seen.1");
        back.send(client.id(), "still", "1");
        assertThat(client.next().getString("type")).isEqualTo("still");
        back.close();
        client.close();
    }

    @Test
    void theConnectionBeforeIsClosedWhenItsPeerIsBack() throws Exception {
        SignallingClient server = SignallingClient.server(one, EXTENDED);

        SignallingClient back = SignallingClient.server(two, EXTENDED, resume(server));

        server.expectClosed(4409);
        SignallingClient.client(one, server.id());
        back.expect("PEER_JOINED");
    }

    @Test
    void nobodyComesBackWithoutTheSecretOrAfterItLeft() throws Exception {
        SignallingClient server = SignallingClient.server(one, EXTENDED);
        SignallingClient client = SignallingClient.client(one, server.id(), EXTENDED);
        String wrong = "resume." + client.id() + "." + "0".repeat(32);
        SignallingClient.connect(two, "/client/" + server.id(), EXTENDED, wrong).expectClosed(4404);
        SignallingClient.connect(two, "/server", EXTENDED, "resume." + server.id() + "." + "0".repeat(32))
                .expectClosed(4404);
        SignallingClient other = SignallingClient.server(one, EXTENDED);
        SignallingClient.connect(two, "/client/" + other.id(), EXTENDED, resume(client)).expectClosed(4404);

        client.leave();
        server.expect("PEER_JOINED");
        server.expect("PEER_GONE");
        SignallingClient.connect(two, "/client/" + server.id(), EXTENDED, resume(client)).expectClosed(4404);
        server.leave();
        await().untilAsserted(() ->
                SignallingClient.connect(two, "/server", EXTENDED, resume(server)).expectClosed(4404));
    }

    @Test
    void aLostNodesServerAndClientsGoOnOnTheOthers() throws Exception {
        try (TestCluster mortal = TestCluster.start(
                Files.createDirectory(directory.resolve("mortal")), 2, "signalling.guesses-per-address=10000")) {
            int first = mortal.node(0).signalling();
            int second = mortal.node(1).signalling();
            SignallingClient server = SignallingClient.server(first, EXTENDED);
            SignallingClient far = SignallingClient.client(second, server.id());
            SignallingClient near = SignallingClient.client(first, server.id(), EXTENDED);
            server.expect("PEER_JOINED");
            server.expect("PEER_JOINED");

            mortal.stopOldest();
            server.expectClosed(1012);
            SignallingClient back = SignallingClient.server(second, EXTENDED, resume(server), "seen.2");
            SignallingClient nearBack =
                    SignallingClient.client(second, server.id(), EXTENDED, resume(near), "seen.0");

            assertThat(back.hello().getString("lost")).isEqualTo("unknown");
            assertThat(nearBack.id()).isEqualTo(near.id());
            far.send(server.id(), "still-here", "1");
            assertThat(back.next().getString("type")).isEqualTo("still-here");
            nearBack.send(server.id(), "back", "1");
            assertThat(back.next().getString("type")).isEqualTo("back");
            back.send(far.id(), "good", "1");
            assertThat(far.next().getString("type")).isEqualTo("good");
            assertThat(mortal.node(0).metric("bridgehead_signalling_take_overs_total")).isEqualTo(1);
        }
    }

    @Test
    void aNodeThatVanishesIsNoticedByNobodyWhoIsElsewhere() throws Exception {
        try (TestCluster mortal = TestCluster.start(
                Files.createDirectory(directory.resolve("vanishing")), 2, "signalling.resume-grace=60s")) {
            int first = mortal.node(0).signalling();
            int second = mortal.node(1).signalling();
            SignallingClient server = SignallingClient.server(first, EXTENDED);
            SignallingClient plain = SignallingClient.client(second, server.id());
            SignallingClient far = SignallingClient.client(second, server.id(), EXTENDED);
            server.expect("PEER_JOINED");
            server.expect("PEER_JOINED");

            mortal.hazelcast(0).getLifecycleService().terminate();
            server.breakOff();
            plain.send(server.id(), "while-gone", "1");
            SignallingClient[] back = new SignallingClient[1];
            await().atMost(Duration.ofSeconds(30)).ignoreExceptionsMatching(refused ->
                    refused.getMessage().contains("closed 1013")).until(() -> {
                back[0] = SignallingClient.connect(second, "/server", EXTENDED, resume(server), "seen.2").greeted();
                return true;
            });

            // the message was kept for it, or its sender was told
            String type = plain.isQuiet() ? back[0].next().getString("type") : plain.next().getString("type");
            assertThat(type).isIn("while-gone", "ERROR");
            back[0].send(far.id(), "again", "1").send(plain.id(), "again", "1");
            JsonObject again = far.next();
            assertThat(again.getString("type")).isEqualTo("again");
            assertThat(again.getLong("seq")).isEqualTo(1);
            assertThat(plain.next().getString("type")).isEqualTo("again");
        }
    }

    @Test
    void thousandsOfGuessesOverAllNodesAreAsFewAsOnOne() throws Exception {
        try (TestCluster guessed = TestCluster.start(
                Files.createDirectory(directory.resolve("guessed")), 2, "signalling.guesses-per-address=20")) {
            int[] ports = {guessed.node(0).signalling(), guessed.node(1).signalling()};
            SignallingClient server = SignallingClient.server(ports[0]);
            for (int n = 0; n < 20; n++) {
                SignallingClient.connect(ports[n % 2], "/client/" + "0".repeat(32)).expectClosed(4404);
            }
            for (int n = 0; n < 2000; n++) {
                SignallingClient.connect(ports[n % 2], "/client/" + "0".repeat(32)).expectClosed(4429);
            }
            SignallingClient.connect(ports[1], "/client/" + server.id()).expectClosed(4429);
            SignallingClient.connect(ports[0], "/server").expectClosed(4429);
            assertThat(guessed.metric("bridgehead_signalling_closes_total{reason=\"too_many_guesses\"}"))
                    .isEqualTo(2002);
            server.send("x", "t", "1").expectError("wrong-to");
        }
    }

    @Test
    void aJoinTokenLetsOneClientInOnceOnWhateverNode() throws Exception {
        String key = UUID.randomUUID().toString();
        Path file = Files.writeString(directory.resolve("join-key"), key);
        try (TestCluster guarded = TestCluster.start(
                Files.createDirectory(directory.resolve("guarded")), 2, "signalling.join-secret-file=" + file)) {
            int first = guarded.node(0).signalling();
            int second = guarded.node(1).signalling();
            SignallingClient server = SignallingClient.server(first);
            String token = "join." + JoinTokenForTests.sign(
                    "{\"sub\":\"Ann\",\"srv\":\"" + server.id() + "\",\"jti\":\"1\",\"exp\":"
                            + Instant.now().plus(Duration.ofMinutes(1)).getEpochSecond() + "}", key);
            SignallingClient.connect(second, "/client/" + server.id()).expectClosed(4401);

            SignallingClient client = SignallingClient.client(second, server.id(), EXTENDED, token);

            assertThat(server.expect("PEER_JOINED"))
                    .isEqualTo(new JsonObject().put("id", client.id()).put("who", "Ann"));
            SignallingClient.connect(first, "/client/" + server.id(), EXTENDED, token).expectClosed(4401);
            client.breakOff();
            assertThat(SignallingClient.client(first, server.id(), EXTENDED, resume(client)).id()).isEqualTo(client.id());
        }
    }
}
