package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer must not do, what it must show, and that it costs nobody else anything. */
class SignallingLimitsEndToEndTest {

    @TempDir
    private Path directory;

    private TestNode node;

    @AfterEach
    void stop() {
        node.close();
    }

    private void start(String... sets) throws Exception {
        node = TestNode.start(directory, sets);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            hello                                        | not-json
            {"to":"$","type":"t"}                        | bad-message
            {"from":"0","to":"$","type":"t","message":1} | wrong-from
            {"from":"$","to":"$","type":"t","message":1} | wrong-from
            {"from":"%","to":"$","type":"t","message":1} | wrong-from
            {"to":"0","type":"t","message":1}            | wrong-to
            {"to":"%","type":"t","message":1}            | wrong-to
            {"to":"$","type":"HELLO","message":1}        | reserved-type
            {"to":"$","type":"PEER_JOINED","message":1}  | reserved-type
            {"to":"$","type":"PEER_GONE","message":1}    | reserved-type
            {"to":"$","type":"ERROR","message":1}        | reserved-type
            """)
    void aRefusedMessageIsToldAndTooManyClose(String message, String code) throws Exception {
        start("signalling.max-violations=3");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient bad = SignallingClient.client(node.signalling(), server.id());
        SignallingClient good = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        server.expect("PEER_JOINED");

        for (int n = 0; n < 3; n++) {
            bad.raw(message.replace("$", server.id()).replace("%", good.id()));
            bad.expectError(code);
        }
        bad.expectClosed(1008);

        server.expect("PEER_GONE");
        assertThat(good.isQuiet()).isTrue();
        good.send(server.id(), "t", "1");
        assertThat(server.next().getString("from")).isEqualTo(good.id());
        assertThat(node.metric("bridgehead_signalling_errors_total{code=\"" + code.replace('-', '_') + "\"}")).isEqualTo(3);
        assertThat(node.metric("bridgehead_signalling_closes_total{reason=\"violations\"}")).isEqualTo(1);
    }

    @Test
    void whatIsUnsafeClosesAtOnce() throws Exception {
        start("signalling.max-message-bytes=2KiB");
        for (String unsafe : new String[] {
            "{\"a\":" + "[".repeat(1000), "{\"a\":1,\"a\":2}", "{\"a\":1e999999999}", "{\"a\":\"\\ud800\"}"
        }) {
            SignallingClient server = SignallingClient.server(node.signalling());
            server.raw(unsafe);
            server.expectError("not-json");
            server.expectClosed(1008);
        }
        SignallingClient server = SignallingClient.server(node.signalling());
        server.raw(new byte[] {1});
        server.expectError("binary");
        server.rawRefused("{\"to\":\"" + "x".repeat(2048));
        server.expectError("too-large");
        server.expectClosed(1009);
    }

    @Test
    void aFloodIsRefusedAndCut() throws Exception {
        start("signalling.messages-per-second=1", "signalling.message-burst=5", "signalling.max-violations=3");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient flood = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        for (int n = 0; n < 50; n++) {
            flood.rawRefused("{\"to\":\"" + server.id() + "\",\"type\":\"t\",\"message\":" + n + "}");
        }
        for (int n = 0; n < 3; n++) {
            flood.expectError("too-fast");
        }
        flood.expectClosed(1008);
        for (int n = 0; n < 5; n++) {
            assertThat(server.next().getInteger("message")).isEqualTo(n);
        }
        server.expect("PEER_GONE");
    }

    @Test
    void aFloodOfBinaryFramesIsRefusedAndCut() throws Exception {
        start("signalling.max-violations=3");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient flood = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        for (int n = 0; n < 3; n++) {
            flood.raw(new byte[1000]);
            flood.expectError("binary");
        }
        flood.expectClosed(1008);
        server.expect("PEER_GONE");
    }

    @Test
    void aPeerThatDoesNotReadIsCutAndCounted() throws Exception {
        start("signalling.max-queued-bytes=64KiB", "signalling.messages-per-second=100000",
                "signalling.message-burst=100000");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient slow = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        slow.stopReading();
        String large = "\"" + "x".repeat(50_000) + "\"";

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            server.send(slow.id(), "t", large);
            return node.metric("bridgehead_signalling_closes_total{reason=\"too_slow\"}") == 1;
        });

        await().until(() -> server.next().getString("type").equals("PEER_GONE"));
    }

    @Test
    void aPeerThatDoesNotAnswerPingsIsGone() throws Exception {
        start("signalling.ping-interval=200ms", "signalling.pong-timeout=300ms");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient mute = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        // pings are answered by a client that reads
        mute.stopReading();
        server.send(mute.id(), "t", "1");

        server.expect("PEER_GONE");
        assertThat(node.metric("bridgehead_signalling_closes_total{reason=\"pong_timeout\"}")).isEqualTo(1);
        assertThat(node.metric("bridgehead_signalling_peers")).isEqualTo(1);
    }

    @Test
    void thousandsOfGuessesAreNotEvenLookedAt() throws Exception {
        start("signalling.guesses-per-address=20");
        SignallingClient server = SignallingClient.server(node.signalling());
        for (int n = 0; n < 20; n++) {
            SignallingClient.connect(node.signalling(), "/client/" + "0".repeat(32)).expectClosed(4404);
        }
        for (int n = 0; n < 200; n++) {
            SignallingClient.connect(node.signalling(), "/client/" + "0".repeat(32)).expectClosed(4429);
        }
        SignallingClient.connect(node.signalling(), "/client/" + server.id()).expectClosed(4429);
        server.send("x", "t", "1").expectError("wrong-to");
    }

    @Test
    void aServerHasOnlySoManyClients() throws Exception {
        start("signalling.max-clients=2");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient one = SignallingClient.client(node.signalling(), server.id());
        SignallingClient.client(node.signalling(), server.id());
        SignallingClient.connect(node.signalling(), "/client/" + server.id()).expectClosed(4413);
        one.leave();
        server.expect("PEER_JOINED");
        server.expect("PEER_JOINED");
        server.expect("PEER_GONE");
        SignallingClient.client(node.signalling(), server.id());
    }

    @Test
    void aPassphraseOpensServers() throws Exception {
        Path file = Files.writeString(directory.resolve("passphrase"), "correct horse\n");
        start("signalling.server-auth=passphrase", "signalling.passphrase-file=" + file);

        SignallingClient.connect(node.signalling(), "/server").expectClosed(4401);
        SignallingClient.connect(node.signalling(), "/server", "bridgehead.v1", auth("wrong horse")).expectClosed(4401);
        SignallingClient server =
                SignallingClient.server(node.signalling(), "bridgehead.v1", auth("correct horse"));

        SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
    }

    private static String auth(String login) {
        return "auth." + Base64.getUrlEncoder().withoutPadding().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anAccountOpensServersUntilItIsBanned() throws Exception {
        start("signalling.server-auth=account");
        node.account("ann", Optional.of("1234"), Optional.empty());
        SignallingClient.connect(node.signalling(), "/server", "bridgehead.v1", auth("ann:4321")).expectClosed(4401);
        SignallingClient.connect(node.signalling(), "/server", "bridgehead.v1", auth("eve:1234")).expectClosed(4401);
        SignallingClient server = SignallingClient.server(node.signalling(), "bridgehead.v1", auth("ann:1234"));
        SignallingClient second = SignallingClient.server(node.signalling(), "bridgehead.v1", auth("ann:1234"));
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");
        LineClient line = node.connect();
        line.send(";register=ann;1234");
        line.expect(";registered:ann");

        node.admin("POST", "/v1/accounts/ann@example.org/ban", new JsonObject().put("reason", "x"));

        server.expectClosed(4403);
        second.expectClosed(4403);
        client.expect("PEER_GONE");
        SignallingClient.connect(node.signalling(), "/server", "bridgehead.v1", auth("ann:1234")).expectClosed(4403);
        SignallingClient.connect(
                        node.signalling(), "/server", "bridgehead.v1", auth("ann:1234"), "resume." + server.secret())
                .expectClosed(4403);
    }

    @Test
    void anExpiryEndsAServer() throws Exception {
        start("signalling.server-auth=account");
        node.accounts("ann");
        SignallingClient server = SignallingClient.server(node.signalling(), "bridgehead.v1", auth("ann:"));

        node.admin("PATCH", "/v1/accounts/ann@example.org",
                new JsonObject().put("expiresAt", Instant.now().plusSeconds(1).toString()));

        server.expectClosed(4403);
    }

    @Test
    void peersMeetOverTls() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=127.0.0.1")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path cert = Files.writeString(directory.resolve("cert.pem"), certificate.getCertificatePEM());
        Path key = Files.writeString(directory.resolve("key.pem"), certificate.getPrivateKeyPEM());
        start("signalling.tls.cert=" + cert, "signalling.tls.key=" + key);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, certificate.toTrustManagerFactory().getTrustManagers(), null);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();

        HttpClient.newBuilder().sslContext(trusting).build().newWebSocketBuilder()
                .buildAsync(URI.create("wss://127.0.0.1:" + node.signalling() + "/server"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        told.add(text.toString());
                        return null;
                    }
                })
                .join();

        assertThat(told.poll(10, TimeUnit.SECONDS)).contains("HELLO");
    }

    @Test
    void aPageOfAnotherOriginIsRefusedBeforeTheUpgrade() throws Exception {
        start("signalling.origins=https://app.example.org");
        URI uri = URI.create("ws://127.0.0.1:" + node.signalling() + "/server");
        WebSocket.Builder page = HttpClient.newHttpClient().newWebSocketBuilder();

        page.header("Origin", "https://app.example.org").buildAsync(uri, new WebSocket.Listener() {}).join().abort();
        assertThatThrownBy(() -> HttpClient.newHttpClient().newWebSocketBuilder()
                        .header("Origin", "https://evil.example.net")
                        .buildAsync(uri, new WebSocket.Listener() {})
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause().asString().contains("WebSocketHandshakeException");
    }

    @Test
    void whatThePageNeedsForIceComesWithHello() throws Exception {
        Path secret = Files.writeString(directory.resolve("turn"), "north\n");
        start("signalling.ice-servers=stun:stun.example.org:3478,turn:turn.example.org:3478?transport=udp",
                "signalling.turn-secret-file=" + secret, "signalling.server-info=welcome");
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());

        assertThat(client.hello().getString("serverInfo")).isEqualTo("welcome");
        JsonArray ice = client.hello().getJsonArray("iceServers");
        assertThat(ice.getJsonObject(0).encode()).isEqualTo("{\"urls\":[\"stun:stun.example.org:3478\"]}");
        assertThat(ice.getJsonObject(1).fieldNames()).containsExactly("urls", "username", "credential");
        assertThat(server.hello().getJsonArray("iceServers").encode()).doesNotContain(server.id());
    }

    @Test
    void aSchemaHoldsMessagesOfItsType() throws Exception {
        Path schemas = Files.createDirectory(directory.resolve("schemas"));
        Path offer = Files.writeString(schemas.resolve("offer.json"), "{\"required\":[\"sdp\"],\"type\":\"object\"}");
        start("signalling.schemas=" + schemas);
        SignallingClient server = SignallingClient.server(node.signalling());
        SignallingClient client = SignallingClient.client(node.signalling(), server.id());
        server.expect("PEER_JOINED");

        client.send(server.id(), "offer", "{}").expectError("schema");
        client.send(server.id(), "offer", "{\"sdp\":1}");
        client.send(server.id(), "other", "{}");
        server.expect("offer");
        server.next();

        Files.writeString(offer, "{}");
        node.node.reload();
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            client.send(server.id(), "offer", "{\"after\":1}");
            return !server.isQuiet();
        });
    }
}
