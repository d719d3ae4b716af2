package io.bridgehead.broker.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends a payload through a pair and measures it; one measurement at a time. Reader and writer have a thread and a
 * direct buffer each.
 */
final class Traffic {

    /** What a measurement may take beyond its own time before it is given up. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Payload payload;
    private final int chunk;

    /** {@code chunk}: bytes of one write and the most of one read. */
    Traffic(Payload payload, int chunk) {
        this.payload = payload;
        this.chunk = chunk;
    }

    /** Sends from near to far for that time; megabytes (10^6) per second as the reader saw them. */
    double megabytesPerSecond(Pair pair, Duration time) throws IOException, InterruptedException {
        AtomicLong total = new AtomicLong(Long.MAX_VALUE);
        long until = System.nanoTime() + time.toNanos();
        return both(
                pair,
                time,
                () -> send(pair.near(), total, position -> System.nanoTime() >= until),
                () -> receive(pair.far(), total, false));
    }

    /** Sends that many bytes from near to far, and fails unless exactly these arrive. */
    void verify(Pair pair, long bytes) throws IOException, InterruptedException {
        AtomicLong total = new AtomicLong(Long.MAX_VALUE);
        both(
                pair,
                Duration.ofSeconds(bytes >> 20),
                () -> send(pair.near(), total, position -> position + chunk >= bytes),
                () -> receive(pair.far(), total, true));
    }

    /** Nanoseconds of each of {@code count} round trips of {@link Payload#MESSAGE} bytes from near and back. */
    long[] roundTrips(Pair pair, int count) throws IOException, InterruptedException {
        long[] taken = new long[count];
        both(pair, Duration.ofMillis(count), () -> ping(pair.near(), taken), () -> echo(pair.far(), count));
        return taken;
    }

    private interface Enough {
        boolean at(long position);
    }

    private Void send(SocketChannel to, AtomicLong total, Enough enough) throws IOException {
        long position = 0;
        boolean last = false;
        while (!last) {
            long end = position + chunk;
            last = enough.at(position);
            if (last) {
                end = payload.endFrom(end);
                // before the last bytes are sent: the reader must know the total when it has them
                total.set(end);
            }
            while (position < end) {
                ByteBuffer bytes = payload.slice(position, (int) Math.min(chunk, end - position));
                while (bytes.hasRemaining()) {
                    position += to.write(bytes);
                }
            }
        }
        return null;
    }

    private double receive(SocketChannel from, AtomicLong total, boolean verify) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(chunk);
        long received = 0;
        long first = 0;
        long start = System.nanoTime();
        while (received < total.get()) {
            int count = from.read(buffer.clear());
            if (count < 0) {
                throw new BenchFailed("the connection ended after %d bytes".formatted(received));
            }
            if (verify) {
                int differs = buffer.flip().mismatch(payload.slice(received, count));
                if (differs >= 0) {
                    throw new BenchFailed("byte %d is not the one that was sent".formatted(received + differs));
                }
            }
            if (received == 0) {
                // the clock starts with the first bytes, which therefore do not count
                start = System.nanoTime();
                first = count;
            }
            received += count;
        }
        if (received > total.get()) {
            throw new BenchFailed("%d bytes arrived of %d sent".formatted(received, total.get()));
        }
        return (received - first) * 1e3 / Math.max(1, System.nanoTime() - start);
    }

    private Void ping(SocketChannel channel, long[] taken) throws IOException {
        ByteBuffer message = payload.slice(0, Payload.MESSAGE);
        ByteBuffer answer = ByteBuffer.allocateDirect(Payload.MESSAGE);
        for (int i = 0; i < taken.length; i++) {
            long sent = System.nanoTime();
            write(channel, message.rewind());
            fill(channel, answer.clear());
            taken[i] = System.nanoTime() - sent;
            if (answer.flip().mismatch(message.rewind()) >= 0) {
                throw new BenchFailed("round trip %d brought other bytes back".formatted(i));
            }
        }
        return null;
    }

    private static Void echo(SocketChannel channel, int count) throws IOException {
        ByteBuffer message = ByteBuffer.allocateDirect(Payload.MESSAGE);
        for (int i = 0; i < count; i++) {
            fill(channel, message.clear());
            write(channel, message.flip());
        }
        return null;
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void fill(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new BenchFailed("the connection ended during round trips");
            }
        }
    }

    /** Runs both ends; when one fails the pair is closed, so that the other ends too. Returns the second's result. */
    private static <T> T both(Pair pair, Duration time, Callable<Void> near, Callable<T> far)
            throws IOException, InterruptedException {
        try (Deadline deadline = new Deadline(pair, time.plus(GRACE));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Void> sending = threads.submit(closingOnFailure(pair, near));
            Future<T> receiving = threads.submit(closingOnFailure(pair, far));
            try {
                T result = receiving.get();
                sending.get();
                return result;
            } catch (ExecutionException failed) {
                String why = deadline.passed()
                        ? "no end within %d s: the bytes do not come through".formatted(time.plus(GRACE).toSeconds())
                        : failed.getCause().toString();
                throw failed.getCause() instanceof BenchFailed told ? told : new BenchFailed(why, failed.getCause());
            }
        }
    }

    private static <T> Callable<T> closingOnFailure(Pair pair, Callable<T> end) {
        return () -> {
            try {
                return end.call();
            } catch (IOException failed) {
                pair.close();
                throw failed;
            }
        };
    }
}
