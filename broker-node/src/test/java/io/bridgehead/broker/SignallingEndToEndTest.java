package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.model.SessionId;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signalling room of one node, over real WebSockets: the protocol as it is in the seed. */
class SignallingEndToEndTest {

    @TempDir
    private static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(directory, "signalling.guesses-per-address=100000");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aServerAndItsClientMeetAndPart() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        assertThat(server.hello().fieldNames()).containsExactly("id");
        assertThat(server.id()).matches("[0-9a-f]{32}");

        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        assertThat(server.expect("PEER_JOINED")).isEqualTo(new JsonObject().put("id", client.id()));

        client.send(server.id(), "offer", "{\"sdp\":\"v=0\\r\\n\", \"n\":1.0000000000000000001}");
        assertThat(server.text()).isEqualTo("{\"from\":\"" + client.id() + "\",\"to\":\"" + server.id()
                + "\",\"type\":\"offer\",\"message\":{\"sdp\":\"v=0\\r\\n\", \"n\":1.0000000000000000001}}");
        server.send(client.id(), "answer", "null");
        assertThat(client.text()).isEqualTo("{\"from\":\"" + server.id() + "\",\"to\":\"" + client.id()
                + "\",\"type\":\"answer\",\"message\":null}");

        client.leave();
        assertThat(server.expect("PEER_GONE")).isEqualTo(new JsonObject().put("id", client.id()));
        server.send(client.id(), "late", "1");
        server.expectError("peer-gone");
        server.leave();
        server.expectClosed(1000);
    }

    @Test
    void aMessageInPiecesArrivesWhole() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        client.pieces("{\"to\":\"" + server.id(), "\",\"type\":\"offer\",", "\"message\":\"\u00e4\"}");
        assertThat(server.next().getString("message")).isEqualTo("\u00e4");
        client.send(server.id(), "second", "1");
        assertThat(server.next().getString("type")).isEqualTo("second");
        server.leave();
        client.close();
    }

    @Test
    void aPingIsAnsweredWithItsBytesAndACloseWithItsCode() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        server.ping("are you there");
        assertThat(server.text()).isEqualTo("pong are you there");
        server.leave(4321);
        server.expectClosed(4321);
    }

    /** Whatever loops the node's server gave them: a word between two peers then never waits for a thread. */
    @Test
    void peersLiveOnTheEventLoopOfTheirMeeting() throws Exception {
        Set<SessionId> others = sessions();
        SignallingClient server = SignallingClient.server(node.signalling());
        List<SignallingClient> clients = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            clients.add(SignallingClient.client(node.signalling(), server.id()));
            server.expect("PEER_JOINED");
        }
        assertThat(loopsOfSessionsBut(others)).hasSize(1);

        SignallingClient other = SignallingClient.server(node.signalling());
        SignallingClient next = SignallingClient.server(node.signalling());
        assertThat(loopsOfSessionsBut(others)).as("servers are spread").hasSize(2);
        for (SignallingClient client : clients) {
            client.send(server.id(), "here", "1");
            assertThat(server.next().getString("from")).isEqualTo(client.id());
            client.leave();
            server.expect("PEER_GONE");
        }
        for (SignallingClient each : List.of(server, other, next)) {
            each.leave();
            each.expectClosed(1000);
        }
    }

    private static Set<SessionId> sessions() throws Exception {
        return new JsonObject(node.admin("GET", "/v1/sessions", null).body()).getJsonArray("sessions").stream()
                .map(session -> SessionId.parse(((JsonObject) session).getString("id")).orElseThrow())
                .collect(Collectors.toSet());
    }

    private static Set<Integer> loopsOfSessionsBut(Set<SessionId> others) throws Exception {
        return sessions().stream()
                .filter(session -> !others.contains(session))
                .map(SessionId::loop)
                .collect(Collectors.toSet());
    }

    @Test
    void aClientWhoseServerLeavesIsToldAnsweredAndClosed() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        SignallingClient other = SignallingClient.client(node.signalling(), server.id());

        server.leave();

        assertThat(client.expect("PEER_GONE")).isEqualTo(new JsonObject().put("id", server.id()));
        other.expect("PEER_GONE");
        client.send(server.id(), "late", "1");
        client.expectError("peer-gone");
        client.expectClosed(4410);
        SignallingClient.connect(node.signalling(), "/client/" + server.id()).expectClosed(4404);
    }

    @Test
    void aServerWithoutASecretThatBreaksOffIsGoneAtOnce() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());

        server.breakOff();

        client.expect("PEER_GONE");
    }

    @Test
    void clientsOfOneServerAreApartFromEachOtherAndFromOtherServers() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient foreign = SignallingClient.server(node.signalling());
        SignallingClient one = SignallingClient.client(node.signalling(), server.id());
        SignallingClient two = SignallingClient.client(node.signalling(), server.id());
        SignallingClient stranger = SignallingClient.client(node.signalling(), foreign.id());
        server.expect("PEER_JOINED");
        server.expect("PEER_JOINED");
        foreign.expect("PEER_JOINED");

        one.send(two.id(), "x", "1").expectError("wrong-to");
        one.send(foreign.id(), "x", "1").expectError("wrong-to");
        one.send("server", "x", "1").expectError("wrong-to");
        server.send(stranger.id(), "x", "1").expectError("wrong-to");
        server.send(foreign.id(), "x", "1").expectError("wrong-to");
        server.send(server.id(), "x", "1").expectError("wrong-to");
        server.send("server", "x", "1").expectError("wrong-to");
        server.send("0", "x", "1").expectError("wrong-to");

        assertThat(two.isQuiet() && stranger.isQuiet() && foreign.isQuiet()).isTrue();
    }

    @Test
    void aThousandMessagesArriveInOrder() throws Exception {
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        for (int n = 0; n < 150; n++) {
            client.send(server.id(), "candidate", Integer.toString(n));
        }
        for (int n = 0; n < 150; n++) {
            assertThat(server.next().getInteger("message")).isEqualTo(n);
        }
    }

    @Test
    void serverInfoIsWhatTheServerGave() throws Exception {
        SignallingClient server =
                SignallingClient.connect(node.signalling(), "/server?serverInfo=room%20%22one%22").greeted();
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());

        assertThat(server.hello().getString("serverInfo")).isEqualTo("room \"one\"");
        assertThat(client.hello().getString("serverInfo")).isEqualTo("room \"one\"");
    }

    @Test
    void aTokenOfWordsIsFoundHoweverItIsTyped() throws Exception {
        SignallingClient server = SignallingClient.connect(node.signalling(), "/server?token=words").greeted();
        assertThat(server.id()).matches("[a-z]{3,7}(-[a-z]{3,7}){7}");

        SignallingClient.client(node.signalling(), server.id());
        SignallingClient.client(node.signalling(), server.id().toUpperCase().replace("-", "%20"));

        server.expect("PEER_JOINED");
        server.expect("PEER_JOINED");
    }

    @Test
    void noTwoTokensAreTheSame() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int n = 0; n < 50; n++) {
            SignallingClient server = SignallingClient.server(node.signalling());
            ids.add(server.id());
            ids.add(SignallingClient.client(node.signalling(), server.id()).id());
        }
        assertThat(ids).hasSize(100);
    }

    @Test
    void anUnknownPathIsRefused() throws Exception {
        for (String path : new String[] {"/", "/client/", "/servers", "/server?token=hex"}) {
            SignallingClient.connect(node.signalling(), path).expectClosed(4400);
        }
        SignallingClient.connect(node.signalling(), "/client/nobody").expectClosed(4404);
    }

    @Test
    void whatIsConnectedIsCounted() throws Exception {
        double before = node.metric("bridgehead_signalling_peers");
        double servers = node.metric("bridgehead_signalling_servers");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        assertThat(node.metric("bridgehead_signalling_peers")).isEqualTo(before + 2);
        assertThat(node.metric("bridgehead_signalling_servers")).isEqualTo(servers + 1);

        client.leave();
        server.leave();

        await().until(() -> node.metric("bridgehead_signalling_peers") == before);
        await().until(() -> node.metric("bridgehead_signalling_servers") == servers);
    }
}
