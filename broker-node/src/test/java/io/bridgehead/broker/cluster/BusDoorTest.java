package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Vertx;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.SocketFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Strangers at the event bus's port: each is refused, and the bus goes on. */
class BusDoorTest {

    private static final int PORT = TestMember.freePort();
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    /** The bus's answer to a ping. */
    private static final byte[] PONG = {1};

    /** Closed without a byte. */
    private static final byte[] REFUSED = {};

    @TempDir
    static Path own;

    @TempDir
    static Path rogue;

    private static final Vertx STRANGER = Vertx.vertx();
    private static TestMember a;
    private static TestMember b;

    @BeforeAll
    static void join() {
        int[] ports = {TestMember.freePort(), TestMember.freePort()};
        TestMember.certificates(own, "a", "b");
        a = TestMember.join("a", TestMember.cluster(ports[0], TestMember.files(own, "a"), ports[1]));
        b = TestMember.join("b", TestMember.withBus(
                TestMember.cluster(ports[1], TestMember.files(own, "b"), ports[0]), TestMember.at(PORT)));
        await().until(() -> a.bus().others().equals(Set.of(B)));
    }

    @AfterEach
    void theBusGoesOn() {
        await().until(() -> a.bus().ask(LoopAddress.of(B), new NodeMessage.Ping(A)).otherwise(Answer.NOT_HERE)
                .toCompletionStage().toCompletableFuture().join().equals(Answer.TAKEN));
        assertThat(b.received).isEmpty();
    }

    @AfterAll
    static void leave() {
        STRANGER.close();
        b.close();
        a.close();
    }

    /** Without it the JDK's TLS would serve in silence, at about half the speed. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = {"amd64", "aarch64"})
    void theFasterTlsIsThereOnTheSystemsItIsPackedFor() {
        assertThat(BusSettings.of(TestMember.cluster(TestMember.freePort(), TestMember.files(own, "a"))).getSslEngineOptions())
                .isInstanceOf(OpenSSLEngineOptions.class);
    }

    @Test
    void aCertificateOfThisClusterIsLetIn() throws Exception {
        assertThat(answer(tls(Optional.of(TestMember.files(own, "a"))))).isEqualTo(PONG);
    }

    @Test
    void noCertificateIsRefused() throws Exception {
        assertThat(answer(tls(Optional.empty()))).isEqualTo(REFUSED);
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
        MutualTlsFiles files = TestMember.certificates(rogue, "a");

        assertThat(answer(tls(Optional.of(files)))).isEqualTo(REFUSED);
    }

    @Test
    void plainTextIsRefused() throws Exception {
        // what TLS answers to no TLS is an alert, or just the end
        assertThat(answer(SocketFactory.getDefault())).isNotEqualTo(PONG);
    }

    @Test
    void aFrameOfTwoGigabytesFromAStrangerTakesNoMemory() throws IOException {
        long before = heap();
        long peak = before;
        try (Socket socket = new Socket("127.0.0.1", PORT)) {
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {0x7f, -1, -1, -1});
            byte[] chunk = new byte[1024 * 1024];
            for (int megabyte = 0; megabyte < 512; megabyte++) {
                out.write(chunk);
                if (megabyte % 64 == 0) {
                    peak = Math.max(peak, heap());
                }
            }
            throw new AssertionError("512 MiB were taken");
        } catch (SocketException closed) {
            peak = Math.max(peak, heap());
        }
        assertThat(peak - before).isLessThan(32L * 1024 * 1024);
    }

    /**
     * What the bus says to the ping of its own protocol, which it answers any member. In TLS 1.3 a client believes its
     * handshake done before the server has seen its certificate, so only what comes after says whether it is let in.
     */
    private static byte[] answer(SocketFactory sockets) throws IOException {
        try (Socket socket = sockets.createSocket("127.0.0.1", PORT)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(ping());
            return socket.getInputStream().readNBytes(1);
        } catch (SSLException | SocketException refused) {
            return REFUSED;
        }
    }

    private static byte[] ping() {
        byte[] address = "__vertx_ping".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer message = ByteBuffer.allocate(4 + 3 + 4 + address.length + 4 + 4 + 1 + 4);
        message.putInt(message.capacity() - 4)
                .put(new byte[] {1, 1, 0})
                .putInt(address.length)
                .put(address)
                .putInt(0)
                .putInt(1)
                .put((byte) 'x')
                .putInt(4);
        return message.array();
    }

    /** Trusts this cluster, and shows the certificate, if any, whoever the bus says it trusts. */
    private static SocketFactory tls(Optional<MutualTlsFiles> identity) throws Exception {
        PemTrustOptions authority = new PemTrustOptions()
                .addCertPath(TestMember.files(own, "a").ca().toString());
        KeyManager[] keys = identity.isEmpty()
                ? null
                : new KeyManager[] {new Insistent((X509KeyManager) keys(identity.get()).getKeyManagers()[0])};
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, authority.getTrustManagerFactory(STRANGER).getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static KeyManagerFactory keys(MutualTlsFiles files) throws Exception {
        return new PemKeyCertOptions()
                .setCertPath(files.cert().toString())
                .setKeyPath(files.key().toString())
                .getKeyManagerFactory(STRANGER);
    }

    /** The JDK's own would keep a certificate of another authority to itself. */
    private static final class Insistent extends X509ExtendedKeyManager {

        private final X509KeyManager keys;

        private Insistent(X509KeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return Arrays.stream(types)
                    .map(type -> keys.getClientAliases(type, null))
                    .filter(Objects::nonNull)
                    .flatMap(Arrays::stream)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return keys.getClientAliases(type, issuers);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
