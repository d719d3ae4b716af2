package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.metrics.Meter;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {

    private final NodeForTest node = new NodeForTest();
    private final EventLoops loops = new EventLoops(node.vertx, node.meters);
    private final AtomicBoolean store = new AtomicBoolean(true);
    private MetricsServer server;
    private int port;

    @AfterEach
    void close() throws Exception {
        await(server.close());
        loops.close();
        node.close();
    }

    @Test
    void metricsAreScrapedAsTextOrAsOpenMetrics() throws Exception {
        start(node.registry::scrape);
        assertThat(ask("GET /metrics", ""))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("content-type: text/plain; version=0.0.4")
                .contains("\nbridgehead_native_transport 1.0\n")
                .doesNotContain("# EOF");
        assertThat(ask("GET /metrics", "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n"))
                .containsIgnoringCase("content-type: application/openmetrics-text; version=1.0.0")
                .endsWith("# EOF\n");
    }

    @Test
    void headHasNoBody() throws Exception {
        start(node.registry::scrape);
        assertThat(ask("HEAD /metrics", "")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n").doesNotContain("HELP");
    }

    @Test
    void scrapingDoesNotHoldTheEventLoops() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>();
        CountDownLatch go = new CountDownLatch(1);
        start(type -> {
            thread.set(Thread.currentThread().getName());
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "";
        });
        try (Socket slow = connect(port)) {
            send(slow, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> thread.get() != null);
            for (int i = 0; i < 4; i++) {
                assertThat(ask("GET /health/live", "")).startsWith("HTTP/1.1 200");
            }
            go.countDown();
            assertThat(receiveAll(slow)).startsWith("HTTP/1.1 200");
        }
        assertThat(thread.get()).contains("bridgehead-metrics");
    }

    @Test
    void aScrapeThatThrowsIs500() throws Exception {
        start(type -> {
            throw new IllegalStateException("planted");
        });
        assertThat(ask("GET /metrics", "")).startsWith("HTTP/1.1 500");
    }

    @Test
    void readinessNamesEachCheck() throws Exception {
        start(node.registry::scrape);
        assertThat(ask("GET /health/ready", "")).startsWith("HTTP/1.1 200").endsWith("{\"started\":true,\"store\":true}");
        store.set(false);
        assertThat(ask("GET /health/ready?x=1", "")).startsWith("HTTP/1.1 503").endsWith("{\"started\":true,\"store\":false}");
        assertThat(ask("GET /health/live", "")).startsWith("HTTP/1.1 200").endsWith("{\"event-loops\":true}");
    }

    @Test
    void nothingElseIsThere() throws Exception {
        start(node.registry::scrape);
        for (String path : List.of("/", "/metrics/", "/health", "//metrics", "/../metrics", "/v1/accounts")) {
            assertThat(ask("GET " + path, "")).startsWith("HTTP/1.1 404");
        }
        assertThat(ask("POST /metrics", "Content-Length: 0\r\n")).startsWith("HTTP/1.1 405");
        assertThat(ask("GET /metrics", "X-Big: " + "a".repeat(5000) + "\r\n")).doesNotContain("200 OK");
    }

    @Test
    void aConnectionServesOneRequestAndSlowOnesEnd() throws Exception {
        start(node.registry::scrape);
        try (Socket twice = connect(port)) {
            String request = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
            send(twice, request + request);
            assertThat(receiveAll(twice).split("HTTP/1.1 200", -1)).hasSize(2);
        }
        try (Socket slow = connect(port)) {
            send(slow, "GET /met");
            assertThat(receiveAll(slow)).isEmpty();
        }
        await().until(() -> node.counted(ListenerKey.METRICS, ConnectionResult.HANDSHAKE_TIMEOUT) == 1);
    }

    @Test
    void aBlockedLoopShowsAsLagAndAsNotAlive() throws Exception {
        start(node.registry::scrape);
        await().until(() -> loops.turnedWithin(Duration.ofMillis(200)));
        CountDownLatch go = new CountDownLatch(1);
        node.vertx.runOnContext(now -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> !loops.turnedWithin(Duration.ofMillis(400)));
        go.countDown();
        await().until(() -> loops.turnedWithin(Duration.ofMillis(200)));
        assertThat(node.registry.get(Meter.EVENT_LOOP_LAG.meterName()).timer().max(TimeUnit.MILLISECONDS))
                .isGreaterThan(250);
    }

    private void start(UnaryOperator<String> scrape) throws Exception {
        server = new MetricsServer(node.vertx, Limits.ANY, node.meters, scrape, loops,
                List.of(new Readiness("started", () -> true), new Readiness("store", store::get)), Duration.ofSeconds(1));
        port = await(server.start()).getFirst();
    }

    private String ask(String what, String headers) throws IOException {
        try (Socket socket = connect(port)) {
            send(socket, what + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
            return receiveAll(socket);
        }
    }
}
