package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.relay.messages.Hello;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What services hold their clients and hosts to, from socket to socket, on one node. */
@Timeout(60)
class RelayServicesEndToEndTest {

    private static final String TOKEN = "a-token-of-the-test";

    @TempDir
    private static Path directory;

    private static TestNode node;
    private static X509Bundle certificate;

    @BeforeAll
    static void start() throws Exception {
        certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=web.example.org")
                .addSanDnsName("web.example.org")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path cert = Files.writeString(directory.resolve("cert.pem"), certificate.getCertificatePEM());
        Path key = Files.writeString(directory.resolve("key.pem"), certificate.getPrivateKeyPEM());
        List<String> settings = new ArrayList<>(List.of(
                "relay.wait=10s",
                "relay.sni.listen=127.0.0.1:0",
                "relay.sni.tls.cert=" + cert,
                "relay.sni.tls.key=" + key,
                "relay.services.closed.allow=192.0.2.0/24,2001:db8::/32",
                "relay.services.one.allow=127.0.0.0/8",
                "relay.services.one.max-connections=1",
                "relay.services.told.proxy-protocol=v1",
                "relay.services.told2.proxy-protocol=v2",
                "relay.services.idle.idle-timeout=300ms",
                "relay.services.slow.max-bytes-per-second=1MiB",
                "relay.services.named.sni=web.example.org,www.example.org",
                "relay.services.owned.owner=owner",
                "relay.services.nobodys.owner=nobody"));
        String hash = HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
        for (String name : List.of("closed", "one", "told", "told2", "idle", "slow", "owned", "nobodys")) {
            settings.add("relay.services." + name + ".listen=127.0.0.1:0");
        }
        for (String name : List.of("closed", "one", "told", "told2", "idle", "slow", "owned", "nobodys", "named")) {
            settings.add("relay.services." + name + ".token=sha256:" + hash);
        }
        node = TestNode.start(directory, settings.toArray(String[]::new));
        node.accounts("owner");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static RelayHost host(String service, int pool) throws IOException {
        return RelayHost.named(node, service, TOKEN, "h", pool);
    }

    private static int port(RelayHost host) {
        return Integer.parseInt(host.pool().getFirst().welcome().getRelayPort());
    }

    private static double closes(String reason) throws Exception {
        return node.metric("bridgehead_relay_closes_total{kind=\"client\",reason=\"" + reason + "\"}");
    }

    @Test
    void aClientFromElsewhereThanTheAllowListIsClosedAndCounted() throws Exception {
        double before = closes("not_allowed");
        try (RelayHost host = host("closed", 1);
                RelayPipe client = RelayPipe.connect(port(host))) {
            client.expectClosed();
            await().untilAsserted(() -> assertThat(closes("not_allowed")).isEqualTo(before + 1));
        }
    }

    @Test
    void aClientBeyondTheLimitIsClosedUntilAnotherHasGone() throws Exception {
        try (RelayHost host = host("one", 3)) {
            int port = port(host);
            RelayPipe first = RelayPipe.connect(port);
            first.send("first");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("first");
            try (RelayPipe second = RelayPipe.connect(port)) {
                second.expectClosed();
            }
            first.close();
            assigned.pipe().expectEnd();
            assigned.pipe().close();
            host.expectDrop(assigned);
            await().ignoreExceptions().until(() -> {
                RelayPipe third = RelayPipe.connect(port);
                third.socket().setSoTimeout(300);
                try {
                    third.socket().getInputStream().read();
                    return false;
                } catch (SocketTimeoutException itStays) {
                    third.send("third");
                    return true;
                }
            });
            host.assigned().pipe().expect("third");
        }
    }

    @Test
    void aHostIsToldOfItsClientInALineBeforeTheClientsBytes() throws Exception {
        try (RelayHost host = host("told", 1)) {
            int port = port(host);
            try (RelayPipe client = RelayPipe.connect(port)) {
                client.send("hello");
                host.assigned().pipe().expect("PROXY TCP4 127.0.0.1 127.0.0.1 "
                        + client.socket().getLocalPort() + " " + port + "\r\nhello");
            }
        }
    }

    @Test
    void aHostIsToldOfItsClientInVersion2() throws Exception {
        try (RelayHost host = host("told2", 1)) {
            int port = port(host);
            try (RelayPipe client = RelayPipe.connect(port)) {
                RelayHost.Data assigned = host.assigned();
                byte[] header = assigned.pipe().socket().getInputStream().readNBytes(28);
                String expected = "0d0a0d0a000d0a515549540a" + "2111000c" + "7f000001" + "7f000001"
                        + "%04x%04x".formatted(client.socket().getLocalPort(), port);
                assertThat(HexFormat.of().formatHex(header)).isEqualTo(expected);
                client.send("hello");
                assigned.pipe().expect("hello");
            }
        }
    }

    @Test
    void aPipeOnWhichNothingGoesIsClosed() throws Exception {
        double before = closes("idle");
        try (RelayHost host = host("idle", 1);
                RelayPipe client = RelayPipe.connect(port(host))) {
            client.send("x");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("x");
            client.expectCut();
            assigned.pipe().expectCut();
            await().untilAsserted(() -> assertThat(closes("idle")).isEqualTo(before + 1));
        }
    }

    @Test
    void whatComesTooFastComesLaterAndWhole() throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(7).nextBytes(sent);
        try (RelayHost host = host("slow", 1);
                RelayPipe client = RelayPipe.connect(port(host))) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    client.send(sent);
                    client.finish();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
            byte[] got = host.assigned().pipe().socket().getInputStream().readNBytes(sent.length);
            writing.join();
            assertThat(Arrays.equals(got, sent)).isTrue();
        }
    }

    // ---- one TLS port for several services

    private static SSLSocket named(int port, String name) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("own", certificate.getCertificate());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        if (!name.isEmpty()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
        }
        socket.startHandshake();
        return socket;
    }

    /** JSSE reads -1 behind a {@code close_notify} only. */
    @Test
    void aHostThatBreaksOffIsNoEndForItsClientUnderTlsEither() throws Exception {
        try (RelayHost host = host("named", 2)) {
            for (boolean whole : List.of(true, false)) {
                try (RelayPipe client = new RelayPipe(
                        named(node.node.ports().relay().sni().getFirst(), "www.example.org"))) {
                    client.send("question");
                    RelayHost.Data assigned = host.assigned();
                    assigned.pipe().expect("question");
                    assigned.pipe().send("answer");
                    client.expect("answer");
                    if (whole) {
                        assigned.pipe().close();
                        client.expectEnd();
                        client.close();
                        host.expectDrop(assigned);
                    } else {
                        assigned.pipe().reset();
                        client.expectCut();
                    }
                }
            }
        }
    }

    @Test
    void aClientsTlsNameSaysWhichServiceItWants() throws Exception {
        int port = node.node.ports().relay().sni().getFirst();
        try (RelayHost host = host("named", 1)) {
            assertThat(host.pool().getFirst().welcome().getRelayPort()).isEqualTo(Integer.toString(port));
            try (RelayPipe client = new RelayPipe(named(port, "WWW.example.org"))) {
                client.send("by name");
                RelayHost.Data assigned = host.assigned();
                assigned.pipe().expect("by name");
                assigned.pipe().send("found");
                client.expect("found");
            }
        }
    }

    @Test
    void aClientWithAnUnknownNameOrWithoutOneIsClosedAndCounted() throws Exception {
        int port = node.node.ports().relay().sni().getFirst();
        double before = closes("unknown_name");
        for (String name : List.of("other.example.org", "")) {
            try (RelayPipe client = new RelayPipe(named(port, name))) {
                client.expectClosed();
            }
        }
        await().untilAsserted(() -> assertThat(closes("unknown_name")).isEqualTo(before + 2));
    }

    // ---- the owner

    @Test
    void anOwnersBanEndsHostsPipesAndWaitingClientsAndItsEndLetsThemBack() throws Exception {
        RelayHost host = host("owned", 2);
        int port = port(host);
        RelayPipe client = RelayPipe.connect(port);
        client.send("x");
        RelayHost.Data assigned = host.assigned();
        assigned.pipe().expect("x");

        node.admin("POST", "/v1/accounts/owner/ban", new JsonObject().put("reason", "unpaid"));

        client.expectClosed();
        assigned.pipe().expectClosed();
        host.pool().getFirst().pipe().expectClosed();
        RelayPipe refused = RelayPipe.connect(node.relayHosts());
        RelayHost.send(refused, Hello.newBuilder()
                .setVersion(1).setService("owned").setToken(TOKEN).build());
        assertThat(RelayHost.message(refused)).isEmpty();
        try (RelayPipe another = RelayPipe.connect(port)) {
            another.expectClosed();
        }

        node.admin("POST", "/v1/accounts/owner/unban", null);

        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().untilAsserted(() -> {
            try (RelayPipe back = RelayPipe.connect(node.relayHosts())) {
                RelayHost.send(back, Hello.newBuilder()
                        .setVersion(1).setService("owned").setToken(TOKEN).setHostId("h").build());
                assertThat(RelayHost.message(back)).isPresent();
            }
        });
    }

    @Test
    void anOwnersExpiryEndsHostsAndPipesAndALaterEndLetsThemBack() throws Exception {
        RelayHost host = host("owned", 2);
        RelayPipe client = RelayPipe.connect(port(host));
        client.send("x");
        RelayHost.Data assigned = host.assigned();
        assigned.pipe().expect("x");

        node.admin("PATCH", "/v1/accounts/owner", new JsonObject().put("expiresAt", "2020-01-01T00:00:00Z"));

        client.expectClosed();
        assigned.pipe().expectClosed();
        host.pool().getFirst().pipe().expectClosed();

        node.admin("PATCH", "/v1/accounts/owner", new JsonObject().put("expiresAt", "2199-01-01T00:00:00Z"));

        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().untilAsserted(() -> {
            try (RelayHost back = host("owned", 1)) {
                assertThat(back.pool()).hasSize(1);
            }
        });
    }

    @Test
    void aServiceWhoseOwnerDoesNotExistTakesNoHosts() throws IOException {
        try (RelayPipe refused = RelayPipe.connect(node.relayHosts())) {
            RelayHost.send(refused, Hello.newBuilder()
                    .setVersion(1).setService("nobodys").setToken(TOKEN).build());
            assertThat(RelayHost.message(refused)).isEmpty();
        }
    }
}
