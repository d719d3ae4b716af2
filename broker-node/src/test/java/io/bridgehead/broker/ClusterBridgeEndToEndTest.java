package io.bridgehead.broker;

import static io.bridgehead.broker.BulkTraffic.awaitStandstill;
import static io.bridgehead.broker.BulkTraffic.hash;
import static io.bridgehead.broker.BulkTraffic.inBackground;
import static io.bridgehead.broker.BulkTraffic.kernelSendBuffer;
import static io.bridgehead.broker.BulkTraffic.pushUntilClosed;
import static io.bridgehead.broker.BulkTraffic.replaceLineStarts;
import static io.bridgehead.broker.BulkTraffic.sendCounted;
import static io.bridgehead.broker.BulkTraffic.sendRandom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes through bridges whose ends are on different nodes of this process; {@code faults.BulkDrillTest} has more of
 * everything, between processes.
 */
class ClusterBridgeEndToEndTest {

    private static final int MIB = 1024 * 1024;

    private static final int MEBIBYTES_EACH_WAY = 256;

    private static final int STALLED_BRIDGES = 200;

    private static final int WINDOW = 1024 * 1024;

    private static final int NODE_CREDIT = 32 * MIB;

    private static final int NARROW = 8 * 1024;

    private static final String BRIDGE_BYTES = "bridgehead_bridge_bytes_total";

    private static final String FRAME_LOST = "bridgehead_bridge_failures_total{reason=\"frame_lost\"}";

    private static final byte[] DISCONNECTED = ";disconnected\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private final List<LineClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 2, "accounts.mode=open");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void hangUp() throws Exception {
        for (LineClient client : clients) {
            client.close();
        }
        for (TestNode node : cluster.nodes()) {
            await().untilAsserted(() -> {
                assertThat(node.sessions()).isZero();
                assertThat(node.metric("bridgehead_bridges")).isZero();
            });
        }
    }

    private LineClient on(int node, String id) throws IOException {
        LineClient client = cluster.node(node).registered(id);
        clients.add(client);
        return client;
    }

    private LineClient narrow(int node, String id) throws IOException {
        LineClient client = LineClient.narrow(cluster.node(node).tcp(), NARROW);
        clients.add(client);
        client.send(";register=" + id);
        client.expect(";registered:" + id);
        return client;
    }

    private static void assertBridged(LineClient one, LineClient two) throws IOException {
        one.write("to and\n");
        two.expectData("to and\n");
        two.write("fro\n");
        one.expectData("fro\n");
    }

    // ---- much

    @Test
    void muchEachWayAtOnceArrivesUnchanged() throws Exception {
        LineClient one = on(0, "one");
        LineClient two = on(1, "two");
        LineClient.bridge(one, "one", two, "two");
        long begin = System.nanoTime();
        CompletableFuture<String> sentByOne = inBackground(() -> sendRandom(one::write, 1, MEBIBYTES_EACH_WAY));
        CompletableFuture<String> sentByTwo = inBackground(() -> sendRandom(two::write, 2, MEBIBYTES_EACH_WAY));
        CompletableFuture<String> gotByOne = inBackground(() -> hash(one::some, (long) MEBIBYTES_EACH_WAY * MIB));
        assertThat(hash(two::some, (long) MEBIBYTES_EACH_WAY * MIB)).isEqualTo(sentByOne.join());
        assertThat(gotByOne.join()).isEqualTo(sentByTwo.join());
        System.out.printf("%d MiB each way between two nodes: %d ms%n",
                MEBIBYTES_EACH_WAY, (System.nanoTime() - begin) / 1_000_000);
    }

    @Test
    void aReaderThatStopsStopsItsWriterAndLosesNothing() throws Exception {
        LineClient writer = narrow(0, "writer");
        LineClient reader = narrow(1, "reader");
        LineClient.bridge(writer, "writer", reader, "reader");
        double before = cluster.node(0).metric(BRIDGE_BYTES);
        AtomicLong pushed = new AtomicLong();
        CompletableFuture<String> sent = inBackground(() -> sendCounted(writer::write, pushed, 32));
        awaitStandstill(pushed, Duration.ofSeconds(5));
        // what the writer could push besides is in the kernel's receive buffer, which no program has read
        assertThat(cluster.node(0).metric(BRIDGE_BYTES) - before)
                .as("bytes the broker took of a client whose partner does not read")
                .isBetween((double) WINDOW, 2.0 * WINDOW + kernelSendBuffer());
        assertThat(sent).isNotDone();
        // the other direction is free
        reader.write("still here\n");
        writer.expectData("still here\n");
        assertThat(hash(reader::some, 32L * MIB)).isEqualTo(sent.join());
    }

    @Test
    void stalledBridgesHoldLittleAndDoNotHoldUpCalls() throws Exception {
        List<LineClient> writers = new ArrayList<>();
        for (int n = 0; n < STALLED_BRIDGES; n++) {
            LineClient writer = narrow(0, "writer" + n);
            LineClient reader = narrow(1, "reader" + n);
            LineClient.bridge(writer, "writer" + n, reader, "reader" + n);
            writers.add(writer);
        }
        LineClient caller = on(0, "caller");
        LineClient callee = on(1, "callee");
        long before = HeldMemory.bytes();
        AtomicLong pushed = new AtomicLong();
        byte[] chunk = new byte[16 * 1024];
        writers.forEach(writer -> Thread.ofVirtual().start(() -> pushUntilClosed(writer::write, chunk, pushed)));
        long slowest = 0;
        for (int round = 0; round < 50; round++) {
            slowest = Math.max(slowest, roundTrip(caller, callee));
        }
        awaitStandstill(pushed, Duration.ofMillis(500));
        slowest = Math.max(slowest, roundTrip(caller, callee));
        long grown = HeldMemory.bytes() - before;
        System.out.printf("%d stalled bridges between nodes: %d KiB taken, memory grew by %d KiB; slowest call %d ms%n",
                STALLED_BRIDGES, pushed.get() / 1024, grown / 1024, slowest);
        assertThat(grown).isLessThan((long) STALLED_BRIDGES * MIB + NODE_CREDIT);
        assertThat(slowest).as("ms of a call meanwhile").isLessThan(1_000);
    }

    /** A call and its refusal, in milliseconds. */
    private static long roundTrip(LineClient caller, LineClient callee) throws IOException {
        long begin = System.nanoTime();
        caller.send(";connect=callee");
        callee.expect(";connect=caller");
        callee.send(";reject=caller");
        caller.expect(";denied");
        return (System.nanoTime() - begin) / 1_000_000;
    }

    // ---- ends

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatWasSentBeforeTheEndArrivesBeforeDisconnected(int from) throws Exception {
        String much = "0123456789abcdef".repeat(64 * 1024);
        LineClient two = on(1 - from, "two");
        for (int round = 0; round < 10; round++) {
            LineClient one = on(from, "one");
            LineClient.bridge(one, "one", two, "two");
            CompletableFuture<Void> sent = inBackground(() -> {
                one.write(much + ";unfinished");
                one.shutdownOutput();
                return null;
            });
            two.expectData(much + ";unfinished");
            two.expect(";disconnected");
            sent.join();
            one.expectClosed();
            two.expectNothingElse();
        }
    }

    /** The one that ends has bytes on their way yet, which the other is slow to take, and is with others already. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoEndsWithBytesOnTheirWayIsFreeAndTheBytesArrive(int from) throws Exception {
        LineClient one = on(from, "one");
        LineClient slow = narrow(1 - from, "slow");
        LineClient next = on(1 - from, "next");
        for (int round = 0; round < 5; round++) {
            LineClient.bridge(one, "one", slow, "slow");
            byte[] much = new byte[8 * MIB];
            new Random(round).nextBytes(much);
            replaceLineStarts(much);
            CompletableFuture<Void> sent = inBackground(() -> {
                one.write(much);
                one.write("\n;end\n");
                return null;
            });
            byte[] half = slow.bytes(much.length / 2);
            CompletableFuture<byte[]> rest = inBackground(() -> slow.bytes(much.length - half.length + 1));
            sent.join();
            one.send(";connect=next");
            next.expect(";connect=one");
            next.send(";accept=one");
            next.expect(";connected");
            one.expect(";connected");
            assertBridged(one, next);
            assertThat(half).isEqualTo(Arrays.copyOf(much, half.length));
            assertThat(Arrays.copyOf(rest.join(), much.length - half.length))
                    .isEqualTo(Arrays.copyOfRange(much, half.length, much.length));
            slow.expect(";disconnected");
            next.send(";end");
            one.expect(";disconnected");
        }
    }

    /** Evicted, by a newer registration, while its partner reads nothing: the partner is told all the same. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void thePartnerOfAnEvictedWriterIsToldWhenItReads(int from) throws Exception {
        LineClient writer = narrow(from, "writer");
        LineClient reader = narrow(1 - from, "reader");
        LineClient.bridge(writer, "writer", reader, "reader");
        AtomicLong pushed = new AtomicLong();
        CompletableFuture<Void> pushing = inBackground(() -> {
            pushUntilClosed(writer::write, new byte[4 * 1024], pushed);
            return null;
        });
        awaitStandstill(pushed, Duration.ofMillis(500));
        LineClient newer = on(from, "writer");
        pushing.join();
        assertZerosThenDisconnected(reader, pushed.get());
        LineClient.bridge(newer, "writer", reader, "reader");
        assertBridged(newer, reader);
    }

    private static void assertZerosThenDisconnected(LineClient reader, long most) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        long zeros = 0;
        StringBuilder text = new StringBuilder();
        while (text.indexOf(";disconnected\r\n") < 0) {
            int read = reader.some(chunk);
            assertThat(read).as("after %d bytes", zeros).isPositive();
            for (int at = 0; at < read; at++) {
                if (chunk[at] == 0 && text.isEmpty()) {
                    zeros++;
                } else {
                    text.append((char) chunk[at]);
                }
            }
        }
        assertThat(text.toString()).isEqualTo(";disconnected\r\n");
        assertThat(zeros).isLessThanOrEqualTo(most + MIB);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anAbruptCloseIsToldAndLeavesAPrefix(int from) throws Exception {
        LineClient two = on(1 - from, "two");
        for (int round = 0; round < 10; round++) {
            LineClient one = on(from, "one");
            LineClient.bridge(one, "one", two, "two");
            one.write(new byte[300_000]);
            one.reset();
            assertZerosThenDisconnected(two, 300_000);
            two.expectNothingElse();
        }
    }

    /** In the local bridge one of the two moves to the other's event loop; messages still come to the one it began on. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoMovedToAnotherEventLoopBridgesWithAnotherNode(int from) throws Exception {
        List<LineClient> here = new ArrayList<>();
        for (int n = 0; n < 6; n++) {
            here.add(on(from, "here" + n));
        }
        LineClient far = on(1 - from, "far");
        for (int n = 0; n < 6; n++) {
            LineClient moves = here.get(n);
            String id = "here" + n;
            LineClient stays = here.get((n + 1) % 6);
            LineClient.bridge(stays, "here" + (n + 1) % 6, moves, id);
            assertBridged(stays, moves);
            stays.send(";end");
            moves.expect(";disconnected");
            LineClient.bridge(moves, id, far, "far");
            CompletableFuture<String> sent = inBackground(() -> sendRandom(far::write, 7, 4));
            assertThat(hash(moves::some, 4L * MIB)).isEqualTo(sent.join());
            far.write("\n");
            moves.expectData("\n");
            CompletableFuture<String> back = inBackground(() -> sendRandom(moves::write, 8, 4));
            assertThat(hash(far::some, 4L * MIB)).isEqualTo(back.join());
            moves.write("\n;end\n");
            far.expectData("\n");
            far.expect(";disconnected");
        }
    }

    // ---- the bus breaks

    /** The nodes' connection breaks in the middle of a stream: it is whole, or it ends; it never has a hole. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aBrokenBusConnectionEndsTheBridgeAndLeavesAPrefix(int from) throws Exception {
        int ended = 0;
        for (int round = 0; round < 5; round++) {
            LineClient writer = on(from, "writer");
            LineClient reader = on(1 - from, "reader");
            LineClient.bridge(writer, "writer", reader, "reader");
            byte[] much = new byte[32 * MIB];
            new Random(round).nextBytes(much);
            replaceLineStarts(much);
            double failures = cluster.metric(FRAME_LOST);
            CompletableFuture<Void> writing = inBackground(() -> {
                try {
                    writer.write(much);
                } catch (IOException closed) {
                    // what comes too late for the bridge may be taken for a line that is too long
                }
                return null;
            });
            byte[] got = new byte[much.length + DISCONNECTED.length];
            byte[] chunk = new byte[64 * 1024];
            int length = 0;
            int cuts = 0;
            while (length < much.length && !endsWithDisconnected(got, length)) {
                int read = reader.some(chunk);
                assertThat(read).as("after %d bytes", length).isPositive();
                System.arraycopy(chunk, 0, got, length, read);
                length += read;
                if (length > (cuts + 1) * 4 * MIB) {
                    cuts++;
                    cluster.cutBus(from);
                }
            }
            boolean whole = !endsWithDisconnected(got, length);
            int data = whole ? length : length - DISCONNECTED.length;
            assertThat(Arrays.mismatch(got, 0, data, much, 0, data)).as("first difference").isEqualTo(-1);
            if (!whole) {
                ended++;
                assertThat(cluster.metric(FRAME_LOST)).isGreaterThan(failures);
                writer.expect(";disconnected");
                reader.expectNothingElse();
            }
            writing.join();
            writer.close();
            reader.close();
        }
        assertThat(ended).as("bridges that a broken connection ended").isPositive();
    }

    private static boolean endsWithDisconnected(byte[] bytes, int length) {
        int from = length - DISCONNECTED.length;
        return from >= 0 && Arrays.equals(bytes, from, length, DISCONNECTED, 0, DISCONNECTED.length);
    }
}
