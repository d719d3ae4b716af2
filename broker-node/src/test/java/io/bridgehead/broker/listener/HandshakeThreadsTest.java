package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.TlsFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandshakeThreadsTest {

    private static final int CLIENTS = 8;

    @TempDir
    private Path directory;

    private final NodeForTest node = new NodeForTest();
    private final HandshakeThreads threads = GuardedTransport.of(node.vertx).handshakes();

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void handshakesWaitForTheirThreadsAndHoldUpNobodyElse() throws Exception {
        TlsFiles files = TestCertificate.files(directory);
        TestCertificate.write(TestCertificate.withSerial(1), files);
        int secret = port(Limits.WIDE.tls(files));
        int plain = port(Limits.WIDE);
        CountDownLatch free = new CountDownLatch(1);
        for (int n = 0; n < threads.most(); n++) {
            threads.execute(() -> held(free));
        }
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int n = 0; n < CLIENTS; n++) {
            waiting.add(CompletableFuture.supplyAsync(() -> greeting(secret), task -> Thread.ofVirtual().start(task)));
        }
        await().until(() -> threads.waiting() + threads.turns().waiting() == CLIENTS);
        try (Socket other = connect(plain)) {
            assertThat(receive(other, 5)).isEqualTo("hello");
        }
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        free.countDown();
        for (CompletableFuture<String> each : waiting) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
        }
    }

    @Test
    void whoHasGoneIsNotComputed() throws Exception {
        TlsFiles files = TestCertificate.files(directory);
        TestCertificate.write(TestCertificate.withSerial(1), files);
        int secret = port(Limits.WIDE.tls(files));
        CountDownLatch free = new CountDownLatch(1);
        for (int n = 0; n < threads.most(); n++) {
            threads.execute(() -> held(free));
        }
        List<Socket> gone = new ArrayList<>();
        int begun = threads.turns().most();
        for (int n = 0; n < begun; n++) {
            gone.add(beginning(secret));
        }
        await().until(() -> threads.waiting() == begun);
        CompletableFuture<String> waits =
                CompletableFuture.supplyAsync(() -> greeting(secret), task -> Thread.ofVirtual().start(task));
        await().until(() -> threads.turns().waiting() == 1);
        for (Socket socket : gone) {
            socket.close();
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.ABANDONED) == begun);
        free.countDown();
        assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(threads.givenUp()).isEqualTo(begun);
    }

    /** A connection that has sent its first message, and can be closed under the hand-shake. */
    private static Socket beginning(int port) throws Exception {
        Socket socket = connect(port);
        SSLSocket tls = (SSLSocket) TestCertificate.trusting().createSocket(socket, "127.0.0.1", port, true);
        Thread.ofVirtual().start(() -> {
            try {
                tls.startHandshake();
            } catch (IOException closed) {
                // as is meant
            }
        });
        return socket;
    }

    private int port(Limits limits) throws Exception {
        TcpListener listener = new TcpListener(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, limits.build(), node.meters, tcp -> tcp.socket().write("hello"));
        return await(listener.start()).getFirst();
    }

    private static String greeting(int port) {
        try (Socket socket = TestCertificate.handshake(port)) {
            return receive(socket, 5);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static void held(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
