package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.connectFrom;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketListenerTest {

    private final NodeForTest node = new NodeForTest();
    private final Queue<AcceptedWebSocket> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> messages = new ConcurrentLinkedQueue<>();
    private WebSocketListener listener;

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void anyPathIsUpgradedAndTheRoomHearsTheAddress() throws Exception {
        int port = start(List.of());
        try (Socket socket = connectFrom("127.0.0.6", port)) {
            send(socket, RawWebSocket.upgrade(""));
            assertThat(RawWebSocket.readHead(socket)).startsWith("HTTP/1.1 101 ").doesNotContain("xtensions");
            assertThat(receive(socket, 7)).isEqualTo("\u0081\u0005hello");
            assertThat(accepted.peek().address()).isEqualTo("127.0.0.6");
            assertThat(accepted.peek().socket().path()).isEqualTo("/any/path");
        }
        await().until(() -> listener.open() == 0);
        assertThat(node.counted(ListenerKey.SIGNALLING, ConnectionResult.ACCEPTED)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "x-webkit-deflate-frame"
    })
    void compressionIsNeverAgreed(String offer) throws Exception {
        int port = start(List.of());
        try (Socket socket = connect(port)) {
            send(socket, RawWebSocket.upgrade("Sec-WebSocket-Extensions: " + offer + "\r\n"));
            assertThat(RawWebSocket.readHead(socket)).startsWith("HTTP/1.1 101 ").doesNotContainIgnoringCase("extensions");
            receive(socket, 7);
            byte[] compressed = RawWebSocket.textFrame(5, true);
            compressed[0] |= 0x40;
            socket.getOutputStream().write(compressed);
            receiveAll(socket);
        }
        assertThat(messages).isEmpty();
    }

    @Test
    void plainHttpHears426AndIsClosed() throws Exception {
        int port = start(List.of());
        for (String request : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")) {
            try (Socket socket = connect(port)) {
                send(socket, request);
                assertThat(receiveAll(socket)).startsWith("HTTP/1.1 426 Upgrade Required\r\n").containsIgnoringCase("upgrade: websocket");
            }
        }
        assertThat(node.counted(ListenerKey.SIGNALLING, ConnectionResult.NO_UPGRADE)).isEqualTo(3);
        await().until(() -> listener.open() == 0);
    }

    @Test
    void anUpgradeThatCannotBeMadeIsAnsweredAndClosed() throws Exception {
        int port = start(List.of());
        try (Socket socket = connect(port)) {
            send(socket, RawWebSocket.upgrade("").replace("Version: 13", "Version: 7777"));
            assertThat(receiveAll(socket)).startsWith("HTTP/1.1 4");
        }
        await().until(() -> listener.open() == 0);
        assertThat(node.counted(ListenerKey.SIGNALLING, ConnectionResult.NO_UPGRADE)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.org, 101",
        "https://app.example.org:8443, 403",
        "http://app.example.org, 403",
        "https://app.example.org.example.net, 403",
        "HTTPS://APP.EXAMPLE.ORG, 403",
        "null, 403",
        "'', 403",
        "NONE, 101"
    })
    void onlyOriginsOfTheListMayConnect(String origin, int status) throws Exception {
        int port = start(List.of("https://app.example.org"));
        try (Socket socket = connect(port)) {
            send(socket, RawWebSocket.upgrade(origin.equals("NONE") ? "" : "Origin: " + origin + "\r\n"));
            assertThat(RawWebSocket.readHead(socket)).startsWith("HTTP/1.1 " + status + " ");
            if (status == 403) {
                assertThat(receiveAll(socket)).isEmpty();
                assertThat(node.counted(ListenerKey.SIGNALLING, ConnectionResult.ORIGIN_REFUSED)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"65536, true, true", "65537, true, false", "10, true, true", "10, false, false"})
    void framesAreMaskedAndAtMost64KiB(int length, boolean masked, boolean taken) throws Exception {
        int port = start(List.of());
        try (Socket socket = connect(port)) {
            send(socket, RawWebSocket.upgrade(""));
            RawWebSocket.readHead(socket);
            receive(socket, 7);
            sendAsFarAsItGoes(socket, RawWebSocket.textFrame(length, masked));
            if (taken) {
                await().until(() -> messages.contains(length));
            } else {
                receiveAll(socket);
                assertThat(messages).isEmpty();
            }
        }
        await().until(() -> listener.open() == 0);
    }

    @Test
    void aMessageOfManyFramesIsAtMost256KiB() throws Exception {
        int port = start(List.of());
        try (Socket socket = connect(port)) {
            send(socket, RawWebSocket.upgrade(""));
            RawWebSocket.readHead(socket);
            receive(socket, 7);
            for (int i = 0; i < 6; i++) {
                byte[] part = RawWebSocket.textFrame(60_000, true);
                part[0] = (byte) (i == 0 ? 0x01 : 0x00);
                sendAsFarAsItGoes(socket, part);
            }
            receiveAll(socket);
        }
        assertThat(messages).isEmpty();
        await().until(() -> listener.open() == 0);
    }

    @Test
    void hugeHeadersAreRefused() throws Exception {
        int port = start(List.of());
        try (Socket socket = connect(port)) {
            sendAsFarAsItGoes(socket, RawWebSocket.upgrade("X-Big: " + "a".repeat(20_000) + "\r\n").getBytes());
            assertThat(receiveAll(socket)).doesNotContain("101 ");
        }
        await().until(() -> listener.open() == 0);
        assertThat(accepted).isEmpty();
    }

    @Test
    void stopAcceptingLeavesWebSocketsOpen() throws Exception {
        int port = start(List.of());
        try (Socket socket = connect(port)) {
            send(socket, RawWebSocket.upgrade(""));
            RawWebSocket.readHead(socket);
            receive(socket, 7);
            await(listener.stopAccepting());
            assertThatThrownBy(() -> connect(port)).isInstanceOf(SocketException.class);
            socket.getOutputStream().write(RawWebSocket.textFrame(11, true));
            await().until(() -> messages.contains(11));
            assertThat(await(listener.acceptAgain())).containsExactly(port);
            connect(port).close();
            await(listener.close());
            receiveAll(socket);
        }
    }

    @Test
    void theClientBehindAProxyIsTheAddress() throws Exception {
        int port = start(List.of(), Limits.WIDE.proxied("127.0.0.1"));
        try (Socket socket = connect(port)) {
            send(socket, "PROXY TCP4 203.0.113.7 198.51.100.1 5555 8080\r\n" + RawWebSocket.upgrade(""));
            assertThat(RawWebSocket.readHead(socket)).startsWith("HTTP/1.1 101 ");
            await().until(() -> !accepted.isEmpty());
            assertThat(accepted.peek().address()).isEqualTo("203.0.113.7");
            assertThat(accepted.peek().socket().remoteAddress().hostAddress()).isEqualTo("203.0.113.7");
        }
    }

    private int start(List<String> origins) throws Exception {
        return start(origins, Limits.WIDE);
    }

    private int start(List<String> origins, Limits limits) throws Exception {
        listener = new WebSocketListener(node.vertx, ListenerKey.SIGNALLING, Limits.ANY, limits.build(), origins,
                node.meters, socket -> {
                    accepted.add(socket);
                    socket.socket().exceptionHandler(failure -> socket.socket().close());
                    socket.socket().textMessageHandler(text -> messages.add(text.length()));
                    socket.socket().writeTextMessage("hello");
                });
        return await(listener.start()).getFirst();
    }

    private static void sendAsFarAsItGoes(Socket socket, byte[] bytes) throws Exception {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closedMeanwhile) {
            assertThat(closedMeanwhile).isNotNull();
        }
    }
}
