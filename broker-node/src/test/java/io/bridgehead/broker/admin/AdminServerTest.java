package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.FreePorts;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.CertificateReload;
import io.bridgehead.broker.listener.ConnectionResult;
import io.bridgehead.broker.listener.ListenFailure;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    @Test
    void overTlsTheApiAnswersAndHeadersAreReadExactly() throws Exception {
        KeyStore keys = selfSigned("keys");
        try (RunningAdmin admin = new RunningAdmin(directory, Optional.of(pem(keys)))) {
            String head = "POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                    + "\r\nContent-Type: application/json\r\n";
            try (SSLSocket socket = connect(keys, admin.port)) {
                assertThat(RunningAdmin.raw(socket, head + "Content-Length: 12\r\n\r\n{\"id\":\"bob\"}"))
                        .startsWith("HTTP/1.1 201 ");
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            }
            try (SSLSocket socket = connect(keys, admin.port)) {
                assertThat(RunningAdmin.raw(socket, head + "Content-Xength: 12\r\n\r\n{\"id\":\"eve\"}"))
                        .startsWith("HTTP/1.1 400 ").contains("Content-Xength").endsWith("[closed]");
            }
            assertThat(admin.accounts.size()).isEqualTo(1);
        }
    }

    @Test
    void aNewCertificateIsTakenWithoutARestart() throws Exception {
        KeyStore before = selfSigned("before");
        KeyStore after = selfSigned("after");
        try (RunningAdmin admin = new RunningAdmin(directory, Optional.of(pem(before)))) {
            connect(before, admin.port).startHandshake();
            pem(after);
            assertThat(admin.reloadCertificate())
                    .isIn(CertificateReload.Result.LOADED, CertificateReload.Result.UNCHANGED);
            connect(after, admin.port).startHandshake();
            try (SSLSocket old = connect(before, admin.port)) {
                assertThatThrownBy(old::startHandshake).isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @Test
    void filesThatAreNoCertificateFailTheStartNamingThem() throws Exception {
        Path nothing = Files.writeString(directory.resolve("nothing.pem"), "nothing");

        assertThatThrownBy(() -> new RunningAdmin(directory, Optional.of(new TlsFiles(nothing, nothing))))
                .rootCause().hasMessageStartingWith("admin.listen: certificate " + nothing);
    }

    @Test
    void afterStopNobodyListens() throws Exception {
        RunningAdmin admin = new RunningAdmin(directory);
        admin.close();

        assertThatThrownBy(() -> new Socket("127.0.0.1", admin.port).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnceAndCounted() throws Exception {
        List<Socket> open = new ArrayList<>();
        // longer than it takes to open them all: nobody is to be closed for silence
        try (RunningAdmin admin = new RunningAdmin(directory, Optional.empty(), Duration.ofMinutes(1))) {
            for (int n = 0; n < AdminServer.MAX_CONNECTIONS; n++) {
                open.add(new Socket("127.0.0.1", admin.port));
            }
            await().until(() -> admin.open() == AdminServer.MAX_CONNECTIONS);
            assertThat(admin.raw("")).isEqualTo("[closed]");
            await().until(() -> admin.counted(ConnectionResult.OVER_LIMIT) == 1);

            open.removeLast().close();
            await().until(() -> admin.open() < AdminServer.MAX_CONNECTIONS);
            assertThat(admin.get("/v1/accounts").statusCode()).isEqualTo(200);
            await().until(() -> admin.counted(ConnectionResult.ACCEPTED) == 1);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void aFirstRequestWhoseHeadIsNotThereInTimeIsCutOffAndOthersAreKept() throws Exception {
        try (RunningAdmin admin = new RunningAdmin(directory, Optional.empty(), Duration.ofSeconds(1));
                Socket kept = new Socket("127.0.0.1", admin.port)) {
            String request = "GET /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token + "\r\n\r\n";
            assertThat(RunningAdmin.statusOf(kept, request)).isEqualTo(200);

            assertThat(admin.raw(request.substring(0, 30))).isEqualTo("[closed]");
            await().until(() -> admin.counted(ConnectionResult.HANDSHAKE_TIMEOUT) == 1);
            // its own deadline was before that
            assertThat(RunningAdmin.statusOf(kept, request)).isEqualTo(200);
            assertThat(admin.counted(ConnectionResult.ACCEPTED)).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoHttpIsCountedAsMalformed() throws Exception {
        try (RunningAdmin admin = new RunningAdmin(directory)) {
            assertThat(admin.raw("nonsense\r\n\r\n")).containsPattern("^HTTP/1.[01] 400 ");
            assertThat(admin.raw("GET / HTTP/1.1\r\nHost: x\r\nContent-Xength: 1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
            await().until(() -> admin.counted(ConnectionResult.HTTP_MALFORMED) == 2);
        }
    }

    @Test
    void aPortThatIsTakenFailsTheStartAndFreesTheOthers() throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        int free = FreePorts.of(1).getFirst();
        try (RunningAdmin running = new RunningAdmin(directory);
                ServerSocket taken = new ServerSocket(0, 1, loopback)) {
            AdminToken token = AdminToken.open(directory.resolve("admin.token"), new SecureRandom());
            AdminServer second = new AdminServer(
                    running.vertx,
                    List.of(new Endpoint("127.0.0.1", free), new Endpoint("127.0.0.1", taken.getLocalPort())),
                    Optional.empty(),
                    token,
                    new AdminCore("example.org", running.accounts, null, null, running.nodes,
                            new RecordedRelay(), running.consents),
                    new Meters(new SimpleMeterRegistry()));

            assertThatThrownBy(() -> second.start().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ListenFailure.class);
            assertThatThrownBy(() -> new Socket("127.0.0.1", free).close()).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void withoutAnEndpointThereIsNoServer() {
        assertThatThrownBy(() -> new AdminServer(null, List.of(), Optional.empty(), null, null, null))
                .hasMessageContaining("admin.listen");
    }

    private KeyStore selfSigned(String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair", "-alias", "admin", "-keyalg", "EC", "-dname", "CN=localhost",
                        "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return KeyStore.getInstance(store.toFile(), PASSWORD);
    }

    private TlsFiles pem(KeyStore keys) throws Exception {
        Path cert = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        Files.writeString(cert, pem("CERTIFICATE", keys.getCertificate("admin").getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", keys.getKey("admin", PASSWORD).getEncoded()));
        return new TlsFiles(cert, key);
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
    }

    private static SSLSocket connect(KeyStore trusted, int port) throws Exception {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("admin", trusted.getCertificate("admin"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    }
}
