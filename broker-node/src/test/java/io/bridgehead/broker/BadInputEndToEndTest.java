package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Whatever clients send, the broker serves the others, says nothing in the log, and leaks no buffer: every buffer is
 * watched here. The seed of the random streams is printed with a failure.
 */
class BadInputEndToEndTest {

    private static final long SEED = 20_261_120;

    private static final int STREAMS = 10_000;

    /** Not the common pool, which has one thread on a small machine. */
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    private static final int DRIPPING = 5_000;

    /** Lines to mutate: every command, well and badly made. */
    private static final List<String> CORPUS = List.of(
            ";register=user%d@example.org\r\n", ";register=user%d;4711\n", ";register=user%d;4711;v2;profile\n",
            ";connect=user%d\n", ";accept=user%d\n", ";reject=user%d\n", ";end\n", ";users\n", ";visible\n",
            ";invisible\n", ";help\r\n", ";quit\n", ";register=\n", ";connect\n", ";GOTO=12,15,40,63\n", "A50\r\n",
            ";register=a;b;c;d;e\n", ";connect=a=b\n", ";accept=\u0000x\n", "\u202e;help\n", ";\n", "\r\r\n");

    @TempDir
    private Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    private ResourceLeakDetector.Level watched;

    @BeforeEach
    void watch() {
        watched = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void nothingWasLoggedAndNothingLeaked() {
        // a leak is found out when its buffer is collected, and told at the next allocation
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int n = 0; n < 100; n++) {
                ByteBufAllocator.DEFAULT.directBuffer().release();
                PooledByteBufAllocator.DEFAULT.directBuffer().release();
            }
        }
        root().detachAppender(log);
        ResourceLeakDetector.setLevel(watched);
        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN)
                        || event.getLoggerName().contains(".listener.Session"))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void tenThousandBadStreamsCostABystanderNothing() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open");
                LineClient left = node.registered("left");
                LineClient right = node.registered("right")) {
            LineClient.bridge(left, "left", right, "right");
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong rounds = new AtomicLong();
            CompletableFuture<Void> bystander = CompletableFuture.runAsync(() -> talk(left, right, over, rounds), THREADS);
            CompletableFuture<?>[] attackers = new CompletableFuture<?>[4];
            for (int n = 0; n < attackers.length; n++) {
                Random random = new Random(SEED + n);
                attackers[n] = CompletableFuture.runAsync(() -> attack(node.tcp(), random, STREAMS / 4), THREADS);
            }
            CompletableFuture.allOf(attackers).join();
            over.set(true);
            bystander.join();
            assertThat(rounds.get()).as("round trips of the bystander").isGreaterThan(100);
            assertThat(node.metric("bridgehead_malformed_total")).isGreaterThan(1_000);
            await().untilAsserted(() -> assertThat(node.sessions()).isEqualTo(2));
            assertThat(node.metric("bridgehead_sessions")).isEqualTo(2);
            try (LineClient after = node.registered("after")) {
                after.send(";users");
                after.expect(";user:after", ";user:left", ";user:right", ";total:3");
            }
        } catch (AssertionError failed) {
            throw new AssertionError("seed " + SEED, failed);
        }
    }

    private static void talk(LineClient left, LineClient right, AtomicBoolean over, AtomicLong rounds) {
        Random random = new Random(SEED);
        try {
            while (!over.get()) {
                byte[] there = data(random);
                byte[] back = data(random);
                left.write(there);
                assertThat(right.bytes(there.length)).isEqualTo(there);
                right.write(back);
                assertThat(left.bytes(back.length)).isEqualTo(back);
                rounds.incrementAndGet();
            }
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Without a semicolon: one at a line start may rightly be held back until more comes. */
    private static byte[] data(Random random) {
        byte[] data = new byte[random.nextInt(1, 4_000)];
        random.nextBytes(data);
        for (int at = 0; at < data.length; at++) {
            data[at] = data[at] == ';' ? (byte) ',' : data[at];
        }
        return data;
    }

    private static void attack(int port, Random random, int streams) {
        for (int n = 0; n < streams; n++) {
            // most wait for the greeting: how many may come at once is the listener's limits' matter
            boolean impatient = random.nextInt(16) == 0;
            try (LineClient client = impatient ? LineClient.silent(port, 0) : LineClient.connect(port)) {
                byte[] stream = stream(random);
                int cut = random.nextInt(stream.length + 1);
                client.write(Arrays.copyOf(stream, cut));
                client.write(Arrays.copyOfRange(stream, cut, stream.length));
                switch (random.nextInt(3)) {
                    case 0 -> client.reset();
                    case 1 -> client.shutdownOutput();
                    default -> client.close();
                }
            } catch (IOException closedByTheBroker) {
                // a line too long, a ;quit: as it should
            }
        }
    }

    /** Lines of the corpus and noise, with some bytes changed. */
    private static byte[] stream(Random random) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int lines = random.nextInt(1, 12); lines > 0; lines--) {
            if (random.nextInt(8) == 0) {
                byte[] noise = new byte[random.nextInt(1, 1_500)];
                random.nextBytes(noise);
                stream.writeBytes(noise);
            } else {
                String line = CORPUS.get(random.nextInt(CORPUS.size())).formatted(random.nextInt(20));
                stream.writeBytes(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] bytes = stream.toByteArray();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    @Test
    void aStreamWithoutALineEndIsClosedAtTheLimit() throws Exception {
        try (TestNode node = TestNode.start(directory);
                LineClient endless = node.connect()) {
            byte[] chunk = new byte[1024 * 1024];
            Arrays.fill(chunk, (byte) 'x');
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    while (true) {
                        endless.write(chunk);
                    }
                } catch (IOException closed) {
                    // as it should be
                }
            }, THREADS);
            endless.expect(";error:line too long");
            endless.expectClosed();
            // for a second more the broker reads on and forgets, so that its last line is not lost to a reset
            assertThat(writing).succeedsWithin(Duration.ofSeconds(5));
            assertThat(node.metric("bridgehead_closes_total{reason=\"line_too_long\"}")).isEqualTo(1);
            assertThat(node.metric("bridgehead_malformed_total")).isEqualTo(1);
        }
    }

    @Test
    void idsThatCouldForgeALineAreRefused() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open");
                LineClient client = node.connect()) {
            for (String id : List.of(
                    "a", "a b", "a\tb@x", "x\u0000y", "x\u001by", "x\u007fy", "x\u2028y", "x\u202ey", "x\u200by", "x=y", "x\ufe0fy",
                    "a@b@c", "@example.org", "name@", "x\ry", "x".repeat(255), "e\u0301mile")) {
                client.write(";register=" + id + "\n");
                assertThat(client.line()).as(id).startsWith(";error:id ").doesNotContain("\n");
            }
            client.write(new byte[] {';', 'r', 'e', 'g', 'i', 's', 't', 'e', 'r', '=', 'a', (byte) 0xc0, (byte) 0xaf,
                'b', '\n'});
            client.expect(";error:line is not valid UTF-8");
            // half of a surrogate pair, as three bytes
            client.write(new byte[] {';', 'r', 'e', 'g', 'i', 's', 't', 'e', 'r', '=', 'a', 'b', (byte) 0xed, (byte) 0xa0,
                (byte) 0x80, '\n'});
            client.expect(";error:line is not valid UTF-8");
            client.write(";register=abc;p\u0000n\n");
            assertThat(client.line()).startsWith(";error:PIN ");
            client.write(";register=abc;1;2\n");
            assertThat(client.line()).startsWith(";error:;register expects ");
            assertThat(node.metric("bridgehead_malformed_total")).isEqualTo(21);
            client.write(";register=good\n");
            client.expect(";registered:good");
        }
    }

    @Test
    void drippingClientsAreClosedInTimeAndCostNobodyAnything() throws Exception {
        try (TestNode node = TestNode.start(
                        directory, "accounts.mode=open", "estim.registration-timeout=4s", "estim.max-connections=6000");
                LineClient served = node.registered("served")) {
            List<SocketChannel> dripping = new ArrayList<>();
            try {
                InetSocketAddress broker = new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcp());
                for (int n = 0; n < DRIPPING; n++) {
                    SocketChannel channel = SocketChannel.open(broker);
                    channel.configureBlocking(false);
                    dripping.add(channel);
                }
                long slowest = 0;
                byte[] command = ";register=slow".getBytes(StandardCharsets.US_ASCII);
                for (byte each : command) {
                    for (SocketChannel channel : dripping) {
                        drip(channel, each);
                    }
                    long asked = System.nanoTime();
                    served.expectNothingElse();
                    slowest = Math.max(slowest, System.nanoTime() - asked);
                }
                assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(3));
                await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(
                                node.metric("bridgehead_closes_total{reason=\"registration_timeout\"}"))
                        .isEqualTo(DRIPPING));
                served.expectNothingElse();
                // they did not close their side: the broker does not wait for that
                await().untilAsserted(() -> assertThat(
                                node.metric("bridgehead_connections_open{listener=\"estim\"}"))
                        .isEqualTo(1));
            } finally {
                for (SocketChannel channel : dripping) {
                    channel.close();
                }
            }
        }
    }

    private static void drip(SocketChannel channel, byte each) {
        try {
            channel.write(ByteBuffer.wrap(new byte[] {each}));
        } catch (IOException closed) {
            // its time was up
        }
    }
}
