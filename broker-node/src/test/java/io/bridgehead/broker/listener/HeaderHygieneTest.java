package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.TlsFiles;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a proxy in front may read otherwise than we do, on the WebSocket and the metrics listener. */
class HeaderHygieneTest {

    private final NodeForTest node = new NodeForTest();
    private final AtomicInteger upgraded = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Length: 12\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 12",
        "Content-Length: 12\r\nContent-Length: 12",
        "Content-Length: 12\r\nContent-Length: 13",
        "Content-Xength: 12",
        "content-xength: 0",
        "Transfer-Xncoding: chunked",
        "Content_Length: 12",
        "Content-Length: -1",
    })
    void aLengthInDoubtHears400AndIsClosed(String headers) throws Exception {
        int webSocket = webSocket();
        int metrics = metrics();

        try (Socket socket = connect(webSocket)) {
            send(socket, RawWebSocket.upgrade(headers + "\r\n"));
            assertThat(receiveAll(socket)).startsWith("HTTP/1.1 400 ");
        }
        try (Socket socket = connect(metrics)) {
            send(socket, "GET /metrics HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(receiveAll(socket)).startsWith("HTTP/1.1 400 ").doesNotContain("200 OK");
        }
        assertThat(upgraded).hasValue(0);
        await().until(() -> node.counted(ListenerKey.SIGNALLING, ConnectionResult.HTTP_MALFORMED) == 1);
        await().until(() -> node.counted(ListenerKey.METRICS, ConnectionResult.HTTP_MALFORMED) == 1);
    }

    @Test
    void aClearLengthIsNoDoubt() throws Exception {
        try (Socket socket = connect(metrics())) {
            send(socket, "GET /health/live HTTP/1.1\r\nHost: x\r\ncontent-length: 0\r\n\r\n");
            assertThat(receiveAll(socket)).startsWith("HTTP/1.1 200 ");
        }
        try (Socket socket = connect(webSocket())) {
            send(socket, RawWebSocket.upgrade("X-Content-Length-Hint: 3\r\n"));
            assertThat(RawWebSocket.readHead(socket)).startsWith("HTTP/1.1 101 ");
        }
    }

    private int webSocket() throws Exception {
        WebSocketListener listener = new WebSocketListener(node.vertx, ListenerKey.SIGNALLING, Limits.ANY,
                Limits.WIDE.build(), List.of(), node.meters, socket -> upgraded.incrementAndGet());
        return await(listener.start()).getFirst();
    }

    private int metrics() throws Exception {
        MetricsServer server = new MetricsServer(node.vertx, Limits.ANY, TlsFiles.NONE, node.meters, node.registry::scrape,
                new EventLoops(node.vertx, node.meters), List.of());
        return await(server.start()).getFirst();
    }
}
