package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.metrics.Meter;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateReloadTest {

    @TempDir
    private Path directory;

    private final NodeForTest node = new NodeForTest();
    private TlsFiles files;
    private TcpListener listener;
    private int port;

    @BeforeEach
    void start() throws Exception {
        files = TestCertificate.files(directory);
        TestCertificate.write(TestCertificate.withSerial(1), files);
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.tls(files).build(), node.meters,
                tcp -> tcp.socket().write("hello"));
        port = await(listener.start()).getFirst();
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void aNewCertificateIsUsedWithinFiveSecondsAndNoHandshakeFails() throws Exception {
        AtomicBoolean go = new AtomicBoolean(true);
        AtomicLong serial = new AtomicLong();
        AtomicInteger handshakes = new AtomicInteger();
        Queue<Exception> failures = new ConcurrentLinkedQueue<>();
        Thread client = Thread.ofPlatform().start(() -> {
            while (go.get()) {
                try (SSLSocket socket = TestCertificate.handshake(port)) {
                    assertThat(receive(socket, 5)).isEqualTo("hello");
                    serial.set(TestCertificate.serialOf(socket));
                    handshakes.incrementAndGet();
                } catch (Exception e) {
                    failures.add(e);
                }
            }
        });
        try (SSLSocket before = TestCertificate.handshake(port)) {
            await().until(() -> serial.get() == 1);
            for (long next = 2; next <= 4; next++) {
                long expected = next;
                TestCertificate.write(TestCertificate.withSerial(next), files);
                await().atMost(Duration.ofSeconds(5)).until(() -> serial.get() == expected);
            }
            assertThat(receive(before, 5)).isEqualTo("hello");
        } finally {
            go.set(false);
            client.join();
        }
        assertThat(failures).isEmpty();
        assertThat(handshakes.get()).isGreaterThan(20);
        assertThat(counted(CertificateReload.Result.LOADED)).isEqualTo(3);
        assertThat(counted(CertificateReload.Result.FAILED)).isZero();
    }

    @Test
    void garbageLeavesTheOldCertificateAndIsCountedOnce() throws Exception {
        Files.writeString(files.cert(), "garbage");
        await().until(() -> counted(CertificateReload.Result.FAILED) == 1);
        assertThat(serialNow()).isEqualTo(1);
        // each look finds the same garbage: not news
        assertThat(await(listener.reloadCertificate())).isEqualTo(CertificateReload.Result.FAILED);
        assertThat(counted(CertificateReload.Result.FAILED)).isEqualTo(1);
        TestCertificate.write(TestCertificate.withSerial(5), files);
        await().until(() -> serialNow() == 5);
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsRefused() throws Exception {
        Files.writeString(files.key(), TestCertificate.withSerial(9).getPrivateKeyPEM());
        assertThat(await(listener.reloadCertificate())).isEqualTo(CertificateReload.Result.FAILED);
        assertThat(serialNow()).isEqualTo(1);
    }

    @Test
    void reloadTakesANewCertificateAtOnce() throws Exception {
        TestCertificate.write(TestCertificate.withSerial(7), files);
        assertThat(await(listener.reloadCertificate())).isIn(CertificateReload.Result.LOADED, CertificateReload.Result.UNCHANGED);
        assertThat(serialNow()).isEqualTo(7);
        assertThat(await(listener.reloadCertificate())).isEqualTo(CertificateReload.Result.UNCHANGED);
    }

    @Test
    void theEndOfTheCertificateIsShown() throws Exception {
        X509Bundle bundle = TestCertificate.withSerial(8);
        TestCertificate.write(bundle, files);
        long expected = bundle.getCertificate().getNotAfter().toInstant().getEpochSecond();
        await(listener.reloadCertificate());
        assertThat(node.registry.get(Meter.CERTIFICATE_EXPIRY.meterName()).gauge().value()).isEqualTo((double) expected);
    }

    @Test
    void missingFilesFailTheStartNamingThem() {
        TlsFiles missing = new TlsFiles(directory.resolve("none.pem"), directory.resolve("none.key"));
        TcpListener other = new TcpListener(node.vertx, ListenerKey.RELAY_HOSTS, Limits.ANY,
                Limits.WIDE.tls(missing).build(), node.meters, tcp -> {});
        assertThatThrownBy(() -> await(other.start()))
                .rootCause()
                .isInstanceOf(ListenFailure.class)
                .hasMessageStartingWith("relay.hosts: certificate " + missing.cert())
                .hasMessageContaining("NoSuchFile");
    }

    @Test
    void onlyTls12And13AreSpoken() throws Exception {
        for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (SSLSocket socket = TestCertificate.handshake(port, protocol)) {
                assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            }
        }
        // openssl, for a JDK client would refuse by itself; security level 0 lets it offer what is obsolete
        assertThat(openssl("-tls1_3")).contains("New, TLSv1.3, Cipher is TLS_AES");
        assertThat(openssl("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")).contains("alert protocol version");
        assertThat(openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")).contains("handshake failure");
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.TLS_FAILED) == 2);
    }

    @Test
    void aClientCannotRenegotiate() throws Exception {
        String output = openssl("R\n", "-tls1_2");
        assertThat(output).contains("RENEGOTIATING").containsPattern("no renegotiation|handshake failure");
    }

    @Test
    void plainBytesToATlsPortAreCounted() throws Exception {
        try (Socket socket = connect(port)) {
            NodeForTest.send(socket, "GET / HTTP/1.0\r\n\r\n");
            NodeForTest.receiveAll(socket);
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.TLS_FAILED) == 1);
    }

    private long counted(CertificateReload.Result result) {
        return (long) node.registry.get(Meter.CERTIFICATE_RELOADS.meterName())
                .tag("result", result.name().toLowerCase(Locale.ROOT)).counter().count();
    }

    private long serialNow() throws Exception {
        try (SSLSocket socket = TestCertificate.handshake(port)) {
            return TestCertificate.serialOf(socket);
        }
    }

    /** What {@code openssl s_client} says; the first option may be what it gets on its standard input. */
    private String openssl(String... options) throws Exception {
        var command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
        String input = "";
        for (String option : options) {
            if (option.endsWith("\n")) {
                input = option;
            } else {
                command.add(option);
            }
        }
        File output = directory.resolve("openssl.txt").toFile();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
        try {
            if (!input.isEmpty()) {
                await().until(() -> Files.readString(output.toPath()).contains("hello"));
                process.getOutputStream().write(input.getBytes());
                process.getOutputStream().flush();
                await().until(() -> !process.isAlive());
            }
            process.getOutputStream().close();
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroy();
        }
        return Files.readString(output.toPath());
    }
}
