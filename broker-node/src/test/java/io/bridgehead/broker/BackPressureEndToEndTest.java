package io.bridgehead.broker;

import static io.bridgehead.broker.BulkTraffic.awaitStandstill;
import static io.bridgehead.broker.BulkTraffic.hash;
import static io.bridgehead.broker.BulkTraffic.inBackground;
import static io.bridgehead.broker.BulkTraffic.kernelSendBuffer;
import static io.bridgehead.broker.BulkTraffic.pushUntilClosed;
import static io.bridgehead.broker.BulkTraffic.sendCounted;
import static io.bridgehead.broker.BulkTraffic.sendRandom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Much data, and readers that do not read: nothing is lost, and nothing grows. */
class BackPressureEndToEndTest {

    private static final int MIB = 1024 * 1024;

    private static final int WINDOW = 512 * 1024;

    private static final int STALLED_BRIDGES = 100;

    @TempDir
    private Path directory;

    @Test
    void twoHundredAndFiftySixMebibytesEachWayArriveUnchanged() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open");
                LineClient one = node.registered("one");
                LineClient two = node.registered("two")) {
            LineClient.bridge(one, "one", two, "two");
            CompletableFuture<String> sentByOne = inBackground(() -> sendRandom(one::write, 1, 256));
            CompletableFuture<String> sentByTwo = inBackground(() -> sendRandom(two::write, 2, 256));
            CompletableFuture<String> gotByOne = inBackground(() -> hash(one::some, 256L * MIB));
            assertThat(hash(two::some, 256L * MIB)).isEqualTo(sentByOne.join());
            assertThat(gotByOne.join()).isEqualTo(sentByTwo.join());
            assertThat(node.metric("bridgehead_bridge_bytes_total")).isEqualTo(512.0 * MIB);
        }
    }

    @Test
    void aReaderThatStopsStopsItsWriterAndLosesNothing() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open");
                LineClient writer = LineClient.narrow(node.tcp(), 8 * 1024);
                LineClient reader = LineClient.narrow(node.tcp(), 8 * 1024)) {
            register(writer, "writer");
            register(reader, "reader");
            LineClient.bridge(writer, "writer", reader, "reader");
            AtomicLong pushed = new AtomicLong();
            CompletableFuture<String> sent = inBackground(() -> sendCounted(writer::write, pushed, 32));

            awaitStandstill(pushed, Duration.ofMillis(500));
            // what the writer could push besides is in the kernel's receive buffer, which no program has read
            assertThat(node.metric("bridgehead_bridge_bytes_total"))
                    .as("bytes the broker took of a client whose partner does not read")
                    .isBetween((double) WINDOW, 2.0 * WINDOW + kernelSendBuffer());
            assertThat(sent).isNotDone();
            // the other direction is free
            reader.write("still here\n");
            writer.expectData("still here\n");

            assertThat(hash(reader::some, 32L * MIB)).isEqualTo(sent.join());
        }
    }

    @Test
    void stalledBridgesHoldNoMoreThanTheirWindows() throws Exception {
        List<LineClient> clients = new ArrayList<>();
        try (TestNode node = TestNode.start(directory, "accounts.mode=open")) {
            AtomicLong pushed = new AtomicLong();
            for (int n = 0; n < STALLED_BRIDGES; n++) {
                LineClient writer = LineClient.narrow(node.tcp(), 8 * 1024);
                LineClient reader = LineClient.narrow(node.tcp(), 8 * 1024);
                clients.add(writer);
                clients.add(reader);
                register(writer, "writer" + n);
                register(reader, "reader" + n);
                LineClient.bridge(writer, "writer" + n, reader, "reader" + n);
            }
            long before = HeldMemory.bytes();
            byte[] chunk = new byte[16 * 1024];
            for (int n = 0; n < STALLED_BRIDGES; n++) {
                LineClient writer = clients.get(2 * n);
                Thread.ofVirtual().start(() -> pushUntilClosed(writer::write, chunk, pushed));
            }
            awaitStandstill(pushed, Duration.ofMillis(500));
            long grown = HeldMemory.bytes() - before;
            System.out.printf("%d stalled bridges: %d KiB taken, memory grew by %d KiB%n",
                    STALLED_BRIDGES, pushed.get() / 1024, grown / 1024);
            // half a window within a node, the reader's write queue, and what the allocator keeps between them
            assertThat(grown).isLessThan(STALLED_BRIDGES * (WINDOW + 64 * 1024L));
            try (LineClient bystander = node.registered("bystander")) {
                bystander.expectNothingElse();
            }
        } finally {
            for (LineClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoAsksForEverAndNeverReadsIsClosed() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open", "estim.write-timeout=1s");
                LineClient deaf = LineClient.narrow(node.tcp(), 8 * 1024)) {
            register(deaf, "deaf");
            AtomicLong pushed = new AtomicLong();
            byte[] questions = ";users\n;help\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
            long before = HeldMemory.bytes();
            Thread asking = Thread.ofVirtual().start(() -> pushUntilClosed(deaf::write, questions, pushed));
            awaitClosed(node, "write_timeout");
            asking.join();
            assertThat(HeldMemory.bytes() - before).as("memory for %d KiB of questions", pushed.get() / 1024).isLessThan(16L * MIB);
            assertThat(node.metric("bridgehead_sessions")).isZero();
        }
    }

    @Test
    void aBridgedClientThatStallsIsClosedAndItsPartnerTold() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open", "bridge.stall-timeout=1s");
                LineClient writer = node.registered("writer");
                LineClient stalled = LineClient.narrow(node.tcp(), 8 * 1024)) {
            register(stalled, "stalled");
            LineClient.bridge(writer, "writer", stalled, "stalled");
            AtomicLong pushed = new AtomicLong();
            Thread.ofVirtual().start(() -> pushUntilClosed(writer::write, new byte[16 * 1024], pushed));
            writer.expect(";disconnected");
            awaitClosed(node, "write_timeout");
            assertThat(node.metric("bridgehead_sessions")).isEqualTo(1);
            // what it left in the queue is missing: no end of stream
            stalled.expectCut();
        }
    }

    @Test
    void aBridgedWebSocketThatStallsIsClosedAndItsPartnerTold() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open", "bridge.stall-timeout=1s");
                LineClient writer = node.registered("writer");
                WebSocketLineClient stalled = WebSocketLineClient.registered(node.webSocket(), "stalled")) {
            writer.send(";connect=stalled");
            stalled.expect(";connect=writer");
            stalled.send(";accept=writer").expect(";connected");
            stalled.stopReading();
            writer.expect(";connected");
            AtomicLong pushed = new AtomicLong();
            Thread.ofVirtual().start(() -> pushUntilClosed(writer::write, new byte[16 * 1024], pushed));
            writer.expect(";disconnected");
            awaitClosed(node, "write_timeout");
        }
    }

    /** Messages of a WebSocket that were read already wait behind the bridge, when their sender is gone as well. */
    @Test
    void twoEndsThatAreBothGoneWaitForNobody() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open")) {
            WebSocketLineClient one = WebSocketLineClient.registered(node.webSocket(), "one");
            WebSocketLineClient two = WebSocketLineClient.registered(node.webSocket(), "two");
            one.send(";connect=two");
            two.expect(";connect=one");
            two.send(";accept=one").expect(";connected");
            one.expect(";connected");
            one.stopReading();
            two.stopReading();
            AtomicLong pushed = new AtomicLong();
            for (WebSocketLineClient client : List.of(one, two)) {
                Thread.ofVirtual().start(() -> pushUntilClosed(bytes -> write(client, bytes), new byte[16 * 1024], pushed));
            }
            awaitStandstill(pushed, Duration.ofMillis(500));
            one.close();
            two.close();
            await().untilAsserted(() -> assertThat(node.sessions()).isZero());
            assertThat(node.metric("bridgehead_bridges")).isZero();
        }
    }

    // ---- clients

    private static void register(LineClient client, String id) throws IOException {
        client.send(";register=" + id);
        client.expect(";registered:" + id);
    }

    private static void write(WebSocketLineClient client, byte[] message) throws IOException {
        try {
            client.send(message);
        } catch (CompletionException closed) {
            throw new IOException(closed);
        }
    }

    // ---- what is measured

    private static void awaitClosed(TestNode node, String reason) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() ->
                assertThat(node.metric("bridgehead_closes_total{reason=\"" + reason + "\"}")).isEqualTo(1));
    }
}
