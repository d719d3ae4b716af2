package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.TlsFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slow and silent clients in each phase before the room: gone in time, however they drip; others are served. */
class HandshakeTimeoutTest {

    private static final Duration LIMIT = Duration.ofMillis(1500);
    private static final int CLIENTS = 20;
    private static final byte[] CLIENT_HELLO_BEGIN = HexFormat.of().parseHex("1603010200010001fc0303" + "00".repeat(200));
    private static final byte[] PROXY_BEGIN = "PROXY TCP4 203.0.113.7 198.51.100.1 5555 37846 and more that never ends"
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UPGRADE_BEGIN = ("GET / HTTP/1.1\r\nHost: broker.example.org\r\nX-Slow: "
            + "a".repeat(300)).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    private final NodeForTest node = new NodeForTest();
    private final ScheduledExecutorService drips = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() throws Exception {
        drips.shutdownNow();
        node.close();
    }

    @Test
    void inTls() throws Exception {
        TlsFiles files = TestCertificate.files(directory);
        TestCertificate.write(TestCertificate.withSerial(1), files);
        TcpListener listener = tcp(Limits.WIDE.handshakeWithin(LIMIT).tls(files));
        int port = await(listener.start()).getFirst();
        attack(port, CLIENT_HELLO_BEGIN, ListenerKey.ESTIM, () -> {
            try (Socket good = TestCertificate.handshake(port)) {
                assertThat(receive(good, 5)).isEqualTo("hello");
            }
        });
        await().until(() -> listener.open() == 0);
    }

    @Test
    void inTheProxyHeader() throws Exception {
        TcpListener listener = tcp(Limits.WIDE.handshakeWithin(LIMIT).proxied("127.0.0.1"));
        int port = await(listener.start()).getFirst();
        attack(port, PROXY_BEGIN, ListenerKey.ESTIM, () -> {
            try (Socket good = connect(port)) {
                send(good, "PROXY TCP4 203.0.113.7 198.51.100.1 5555 37846\r\n");
                assertThat(receive(good, 5)).isEqualTo("hello");
            }
        });
        await().until(() -> listener.open() == 0);
    }

    @Test
    void inTheUpgrade() throws Exception {
        WebSocketListener listener = new WebSocketListener(node.vertx, ListenerKey.SIGNALLING, Limits.ANY,
                Limits.WIDE.handshakeWithin(LIMIT).build(), List.of(), node.meters,
                socket -> socket.socket().writeTextMessage("hello"));
        int port = await(listener.start()).getFirst();
        attack(port, UPGRADE_BEGIN, ListenerKey.SIGNALLING, () -> {
            try (Socket good = connect(port)) {
                send(good, RawWebSocket.upgrade(""));
                assertThat(RawWebSocket.readHead(good)).startsWith("HTTP/1.1 101 ");
            }
        });
        await().until(() -> listener.open() == 0);
    }

    @Test
    void whoIsInItsRoomMayBeSilentForLonger() throws Exception {
        TcpListener listener = tcp(Limits.WIDE.handshakeWithin(Duration.ofMillis(100)));
        int port = await(listener.start()).getFirst();
        try (Socket quiet = connect(port)) {
            assertThat(receive(quiet, 5)).isEqualTo("hello");
            long since = System.nanoTime();
            await().until(() -> System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(400));
            assertThat(listener.open()).isEqualTo(1);
        }
    }

    private TcpListener tcp(Limits limits) {
        return new TcpListener(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, limits.build(), node.meters, tcp -> tcp.socket().write("hello"));
    }

    /** Half of the clients say nothing, half a byte every 50 ms. */
    private void attack(int port, byte[] drip, ListenerKey key, Probe good) throws Exception {
        long begin = System.nanoTime();
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Socket socket = connect(port);
            silent.add(socket);
            if (i % 2 == 0) {
                AtomicInteger next = new AtomicInteger();
                drips.scheduleAtFixedRate(() -> dripOne(socket, drip, next), 0, 50, TimeUnit.MILLISECONDS);
            }
        }
        good.run();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("the good one is served meanwhile").isLessThan(LIMIT);
        for (Socket socket : silent) {
            receiveAll(socket);
            socket.close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(LIMIT.minusMillis(100), LIMIT.plusSeconds(3));
        await().until(() -> node.counted(key, ConnectionResult.HANDSHAKE_TIMEOUT) == CLIENTS);
    }

    private static void dripOne(Socket socket, byte[] bytes, AtomicInteger next) {
        try {
            int at = next.getAndIncrement();
            if (at < bytes.length) {
                socket.getOutputStream().write(bytes[at]);
            }
        } catch (IOException closed) {
            throw new IllegalStateException("stops this drip", closed);
        }
    }

    private interface Probe {
        void run() throws Exception;
    }
}
