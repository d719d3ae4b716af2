package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.TlsFiles;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandshakeTurnTest {

    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    private final NodeForTest node = new NodeForTest();
    private final HandshakeThreads threads = GuardedTransport.of(node.vertx).handshakes();
    private final HandshakeTurns turns = threads.turns();
    private final int more = turns.most() + 3;
    private final CountDownLatch free = new CountDownLatch(1);
    private final List<Socket> sockets = new ArrayList<>();
    private Limits limits;
    private TcpListener listener;

    @BeforeEach
    void certificate() throws Exception {
        TlsFiles files = TestCertificate.files(directory);
        TestCertificate.write(TestCertificate.withSerial(1), files);
        limits = Limits.WIDE.tls(files);
    }

    @AfterEach
    void close() throws Exception {
        free.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        node.close();
    }

    @Test
    void halfAClientHelloTakesNoTurn() throws Exception {
        int port = start(limits);
        byte[] hello = ClientHelloTest.ofTheJdk();
        for (int n = 0; n < more; n++) {
            begin(port, Arrays.copyOf(hello, hello.length / 2));
        }
        await().until(() -> listener.open() == more);
        try (Socket good = TestCertificate.handshake(port)) {
            assertThat(receive(good, 5)).isEqualTo("hello");
        }
        assertThat(turns.begun()).isZero();
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.HANDSHAKE_TIMEOUT)).as("gone by then").isZero();
    }

    @Test
    void aClientHelloTakesATurnHoweverItIsCut() throws Exception {
        int port = start(limits);
        byte[] hello = ClientHelloTest.ofTheJdk();
        for (int cut = 1; cut < hello.length; cut += 50) {
            Socket socket = begin(port, Arrays.copyOf(hello, cut));
            socket.getOutputStream().write(hello, cut, hello.length - cut);
            assertThat(socket.getInputStream().read()).as("a hand-shake's record").isEqualTo(22);
        }
    }

    @Test
    void moreThanThereAreTurnsAreAllServed() throws Exception {
        int port = start(limits);
        hold();
        List<CompletableFuture<String>> clients = new ArrayList<>();
        for (int n = 0; n < more; n++) {
            clients.add(CompletableFuture.supplyAsync(() -> greeting(port), task -> Thread.ofVirtual().start(task)));
        }
        await().until(() -> turns.waiting() == more - turns.most());
        assertThat(turns.begun()).isEqualTo(turns.most());
        free.countDown();
        for (CompletableFuture<String> client : clients) {
            assertThat(client.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
        }
        await().until(() -> turns.begun() == 0);
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.ACCEPTED)).isEqualTo(more);
    }

    @Test
    void whoWaitsAsLongAsAHandshakeMayTakeIsClosed() throws Exception {
        int port = start(limits.handshakeWithin(SHORT));
        takeEveryTurn(port);
        long began = System.nanoTime();
        // as many as may get a place in the very last moment, and then those who never do
        for (int n = 0; n < more; n++) {
            begin(port, ClientHelloTest.ofTheJdk());
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.HANDSHAKE_TIMEOUT) >= more);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(SHORT.minusMillis(100), SHORT.plusMillis(2500));
        await().until(() -> turns.waiting() == 0);
        for (Socket socket : sockets.subList(2 * turns.most(), sockets.size())) {
            assertThat(receiveAll(socket)).isEmpty();
        }
        await().until(() -> turns.begun() == 0);
    }

    @Test
    void whoHasWaitedHasTheWholeTimeForHisHandshake() throws Exception {
        int port = start(limits.handshakeWithin(SHORT));
        takeEveryTurn(port);
        Duration apart = SHORT.dividedBy(2);
        long began = System.nanoTime();
        Socket late = begin(port, ClientHelloTest.ofTheJdk());
        await().until(() -> System.nanoTime() - began > apart.toNanos());
        assertThat(turns.waiting()).isEqualTo(1);
        free.countDown();
        // our answer; his last word does not come
        assertThat(receiveAll(late)).startsWith("\u0016");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(apart.plus(SHORT).minusMillis(100));
    }

    @Test
    void aTurnEndsWithItsConnection() throws Exception {
        int port = start(limits);
        hold();
        for (int n = 0; n < more; n++) {
            begin(port, ClientHelloTest.ofTheJdk());
        }
        await().until(() -> turns.waiting() == more - turns.most());
        for (Socket socket : sockets) {
            socket.close();
        }
        await().until(() -> turns.begun() == 0);
        assertThat(turns.waiting()).isZero();
        free.countDown();
        assertThat(greeting(port)).isEqualTo("hello");
    }

    @Test
    void aTurnEndsWithAHandshakeThatFails() throws Exception {
        int port = start(limits);
        byte[] hello = ClientHelloTest.ofTheJdk();
        Arrays.fill(hello, 9, hello.length, (byte) 0);
        for (int n = 0; n < more; n++) {
            assertThat(receiveAll(begin(port, hello))).as("an alert").startsWith("\u0015");
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.TLS_FAILED) == more);
        await().until(() -> turns.begun() == 0);
        assertThat(greeting(port)).isEqualTo("hello");
    }

    @Test
    void theAnswerEndsATurnAndNotTheClientsLastWord() throws Exception {
        int port = start(limits);
        for (int n = 0; n < more; n++) {
            assertThat(begin(port, ClientHelloTest.ofTheJdk()).getInputStream().read()).isEqualTo(22);
        }
        await().until(() -> turns.begun() == 0);
        assertThat(listener.open()).isEqualTo(more);
    }

    @Test
    void aFirstRecordThatIsTooLongIsClosedAtOnce() throws Exception {
        int port = start(limits);
        Socket socket = begin(port, HexFormat.of().parseHex("1603013ffc01"));
        assertThat(receiveAll(socket)).isEmpty();
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.TLS_FAILED) == 1);
        await().until(() -> listener.open() == 0);
    }

    @Test
    void whoSendsOnWhileHeWaitsIsClosed() throws Exception {
        int port = start(limits);
        takeEveryTurn(port);
        Socket socket = begin(port, ClientHelloTest.ofTheJdk());
        await().until(() -> turns.waiting() == 1);
        socket.getOutputStream().write(new byte[16 * 1024]);
        assertThat(receiveAll(socket)).isEmpty();
        await().until(() -> turns.waiting() == 0);
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.TLS_FAILED)).isEqualTo(1);
    }

    @Test
    void theProxyHeaderStandsBeforeTheClientHello() throws Exception {
        int port = start(limits.proxied("127.0.0.1"));
        Socket socket = begin(port, new byte[0]);
        send(socket, "PROXY TCP4 203.0.113.7 198.51.100.1 5555 37846\r\n");
        SSLSocket tls = (SSLSocket) TestCertificate.trusting().createSocket(socket, "127.0.0.1", port, true);
        assertThat(receive(tls, 5)).isEqualTo("hello");
    }

    @Test
    void theProxyHeaderAndTheClientHelloMayComeTogether() throws Exception {
        int port = start(limits.proxied("127.0.0.1"));
        byte[] header = "PROXY TCP4 203.0.113.7 198.51.100.1 5555 37846\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] hello = ClientHelloTest.ofTheJdk();
        byte[] both = Arrays.copyOf(header, header.length + hello.length);
        System.arraycopy(hello, 0, both, header.length, hello.length);
        assertThat(begin(port, both).getInputStream().read()).isEqualTo(22);
    }

    @Test
    void aListenerThatClosesTakesThoseWhoseClientHelloIsNotThereYet() throws Exception {
        int port = start(limits);
        byte[] hello = ClientHelloTest.ofTheJdk();
        Socket half = begin(port, Arrays.copyOf(hello, hello.length / 2));
        Socket silent = begin(port, new byte[0]);
        await().until(() -> listener.open() == 2);
        await(listener.close());
        assertThat(receiveAll(half)).isEmpty();
        assertThat(receiveAll(silent)).isEmpty();
        await().until(() -> listener.open() == 0);
    }

    private int start(Limits of) throws Exception {
        listener = new TcpListener(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, of.build(), node.meters, tcp -> tcp.socket().write("hello"));
        return await(listener.start()).getFirst();
    }

    /** Whoever comes now waits, until {@link #free}. */
    private void takeEveryTurn(int port) throws Exception {
        hold();
        for (int n = 0; n < turns.most(); n++) {
            begin(port, ClientHelloTest.ofTheJdk());
        }
        await().until(() -> turns.begun() == turns.most());
    }

    /** No hand-shake is computed until {@link #free}. */
    private void hold() {
        for (int n = 0; n < threads.most(); n++) {
            threads.execute(() -> {
                try {
                    free.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private Socket begin(int port, byte[] bytes) throws Exception {
        Socket socket = connect(port);
        sockets.add(socket);
        socket.getOutputStream().write(bytes);
        return socket;
    }

    private static String greeting(int port) {
        try (Socket socket = TestCertificate.handshake(port)) {
            return receive(socket, 5);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
