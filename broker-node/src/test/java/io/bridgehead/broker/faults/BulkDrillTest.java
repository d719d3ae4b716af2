package io.bridgehead.broker.faults;

import static io.bridgehead.broker.BulkTraffic.awaitStandstill;
import static io.bridgehead.broker.BulkTraffic.hash;
import static io.bridgehead.broker.BulkTraffic.inBackground;
import static io.bridgehead.broker.BulkTraffic.pushUntilClosed;
import static io.bridgehead.broker.BulkTraffic.sendCounted;
import static io.bridgehead.broker.BulkTraffic.sendRandom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.Bridgehead;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bridges between and in two processes, with much data and with readers who are slow or do not read at all. */
@Tag("drill")
class BulkDrillTest {

    private static final long MIB = 1024 * 1024;
    private static final long WINDOW = 512 * 1024;
    private static final int SLOW_BRIDGES = Integer.getInteger("drill.slow-bridges", 100);
    /** Calls of a user who has never called cost a fresh node's class loading, which is not what slow readers do. */
    private static final int FIRST_CALLS = 500;
    private static final Duration FILLING = Duration.ofSeconds(60);
    private static final int STOPPED_READERS = 1_000;

    /** The matrix has ten minutes; a minute shows the same, for what grows does so as long as bytes come. */
    private static final Duration STOPPED = Duration.ofSeconds(Integer.getInteger("drill.stopped-seconds", 60));

    @TempDir
    private Path directory;

    private final List<BlockingUser> users = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (BlockingUser user : users) {
            user.close();
        }
    }

    private BrokerCluster twoNodes(String firstHeap, String... sets) {
        List<String> all = new ArrayList<>(List.of("accounts.mode=open"));
        all.addAll(List.of(sets));
        // what a bridge may hold is asked below, not how the machine's memory is cut
        Build build = Build.present(Bridgehead.class).asInProduction(firstHeap, "1g");
        return BrokerCluster.onLoopback(2, directory, build, all.toArray(String[]::new));
    }

    private BlockingUser narrow(BrokerProcess node, String id) throws IOException {
        BlockingUser user = BlockingUser.narrow(node, id);
        users.add(user);
        return user;
    }

    private BlockingUser wide(BrokerProcess node, String id) throws IOException {
        BlockingUser user = BlockingUser.wide(node, id);
        users.add(user);
        return user;
    }

    private static long held(BrokerCluster cluster) {
        return cluster.nodes().stream().mapToLong(BrokerProcess::heldBytes).sum();
    }

    private static long resident(BrokerCluster cluster) {
        return cluster.nodes().stream().mapToLong(BrokerProcess::residentBytes).sum();
    }

    private static double mebibytes(long bytes) {
        return Math.max(0, bytes) / (double) MIB;
    }

    @Test
    void aGibibyteEachWayBetweenTwoNodesArrivesUnchanged() throws Exception {
        try (BrokerCluster cluster = twoNodes("32m")) {
            BlockingUser one = wide(cluster.node(0), "one");
            BlockingUser two = wide(cluster.node(1), "two");
            BlockingUser.bridge(one, "one", two, "two");
            long began = System.nanoTime();
            CompletableFuture<String> sentByOne = inBackground(() -> sendRandom(one::write, 1, 1024));
            CompletableFuture<String> sentByTwo = inBackground(() -> sendRandom(two::write, 2, 1024));
            CompletableFuture<String> gotByOne = inBackground(() -> hash(one::read, 1024 * MIB));
            assertThat(hash(two::read, 1024 * MIB)).isEqualTo(sentByOne.join());
            assertThat(gotByOne.join()).isEqualTo(sentByTwo.join());
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            Figures.atMost("P1", "a GiB each way between two nodes", took, Duration.ofSeconds(120));
            assertThat(cluster.node(0).metric("bridgehead_bridge_bytes_total")).isEqualTo(1024.0 * MIB);
            assertThat(cluster.node(1).metric("bridgehead_bridge_bytes_total")).isEqualTo(1024.0 * MIB);
        }
    }

    @Test
    void aReaderWhoStopsForAMinuteGoesOnWithEveryByte() throws Exception {
        try (BrokerCluster cluster = twoNodes("32m")) {
            BlockingUser writer = narrow(cluster.node(0), "writer");
            BlockingUser reader = narrow(cluster.node(1), "reader");
            BlockingUser.bridge(writer, "writer", reader, "reader");
            AtomicLong pushed = new AtomicLong();
            CompletableFuture<String> sent = inBackground(() -> sendCounted(writer::write, pushed, 64));
            awaitStandstill(pushed, Duration.ofSeconds(60));
            assertThat(sent).isNotDone();
            reader.send("still here");
            writer.expect("still here");
            assertThat(hash(reader::read, 64 * MIB)).isEqualTo(sent.get());
            Figures.count("P1", "MiB through a bridge whose reader stood still for a minute", 64, 64);
        }
    }

    @Test
    void f10ASlowReaderStopsItsWriterAtTheSource() throws Exception {
        try (BrokerCluster cluster = twoNodes("1g");
                Callers control = new Callers(cluster.node(0), cluster.node(1));
                SlowReaders slow = new SlowReaders(SLOW_BRIDGES, cluster.nodes())) {
            System.out.println("F10 call and refusal without a byte: " + control.call(FIRST_CALLS, 5));
            long before = held(cluster);
            slow.begin();
            Times first = control.call(200, 25);
            Times filling = control.callUntil(slow::isFull, FILLING, 25);
            SlowReaders.Moved movedBefore = slow.moved();
            Times full = control.call(800, 25);
            SlowReaders.Moved moved = slow.moved();
            double written = moved.written() - movedBefore.written();
            double taken = moved.read() - movedBefore.read();
            double growth = mebibytes(held(cluster) - before) / SLOW_BRIDGES;
            System.out.printf(
                    "F10 call and refusal in the first seconds: %s; until they are full: %s; full: %s%n",
                    first, filling, full);
            double p99 = Stream.of(first, filling, full)
                    .mapToDouble(times -> times.p99().toNanos() / 1e6)
                    .max()
                    .orElseThrow();
            Figures.atMost("F10", "bytes written for each byte read", written / taken, "bytes", 2);
            Figures.atMost("F10", "memory for each bridge", growth, "MiB", 1);
            Figures.atMost("F10", "call and refusal p99", p99, "ms", 100);
            assertThat(taken).as("bytes read")
                    .isGreaterThan(SLOW_BRIDGES * SlowReadersProgram.BYTES_PER_SECOND * 10.0);
            assertThat(written / taken).isLessThanOrEqualTo(2);
            assertThat(growth).isLessThanOrEqualTo(1);
            assertThat(p99).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void f11StoppedReadersCostTheirWindowsUntilTheyAreClosed() throws Exception {
        Duration idle = STOPPED.plusSeconds(30);
        try (BrokerCluster cluster = twoNodes("32m", "bridge.stall-timeout=" + idle.toSeconds() + "s");
                Callers control = new Callers(cluster.node(0), cluster.node(1))) {
            List<BlockingUser> writers = new ArrayList<>();
            for (int n = 0; n < STOPPED_READERS; n++) {
                BlockingUser writer = narrow(cluster.node(n / 2 % 2), "writer" + n);
                // every other bridge goes from node to node
                BlockingUser reader = narrow(cluster.node((n + n / 2) % 2), "reader" + n);
                BlockingUser.bridge(writer, "writer" + n, reader, "reader" + n);
                writers.add(writer);
            }
            long before = held(cluster);
            AtomicLong pushed = new AtomicLong();
            byte[] chunk = new byte[16 * 1024];
            writers.forEach(writer -> Thread.ofVirtual().start(() -> pushUntilClosed(writer::write, chunk, pushed)));
            Times filling = control.call(200, 25);
            awaitStandstill(pushed, Duration.ofSeconds(1));
            long full = held(cluster);
            long resident = resident(cluster);
            Times stopped = control.call((int) STOPPED.toMillis() / 25, 25);
            double growth = mebibytes(resident(cluster) - resident);
            double heldGrowth = mebibytes(held(cluster) - full);
            double each = mebibytes(full - before) / STOPPED_READERS;
            // while the writers fill them, the machine moves gigabytes for its own clients
            System.out.println("F11 call and refusal p99 while they fill: " + filling.p99());
            double p99 = stopped.p99().toNanos() / 1e6;
            Figures.atMost("F11", "memory for each bridge", each, "MiB", 1);
            Figures.atMost("F11", "growth of both processes meanwhile", growth, "MiB", 32);
            Figures.atMost("F11", "growth of what they hold", heldGrowth, "MiB", 8);
            Figures.atMost("F11", "call and refusal p99", p99, "ms", 100);
            await("all stopped readers are closed")
                    .atMost(idle.plusSeconds(30))
                    .until(() -> closed(cluster) == STOPPED_READERS);
            await("and no bridge is left")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.nodes().stream().allMatch(node -> node.metric("bridgehead_bridges") == 0));
            Figures.count("F11", "stopped readers closed", closed(cluster), STOPPED_READERS);
            assertThat(each).isLessThanOrEqualTo(1);
            assertThat(growth).isLessThanOrEqualTo(32);
            assertThat(heldGrowth).isLessThanOrEqualTo(8);
            assertThat(p99).isLessThanOrEqualTo(100);
        }
    }

    private static int closed(BrokerCluster cluster) {
        return (int) cluster.nodes().stream()
                .mapToDouble(node -> node.metric("bridgehead_closes_total{reason=\"write_timeout\"}"))
                .sum();
    }
}
