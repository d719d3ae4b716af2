package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes in number through a pipe, each of which tells its place. */
final class RelayBulk {

    private static final int CHUNK = 64 * 1024;

    /** A writer that gets nothing out for so long has stopped. */
    private static final long STOPPED_MILLIS = 1_000;

    /** More than the kernel holds for a pipe. */
    private static final int LATE_BYTES = 32 << 20;

    private RelayBulk() {}

    /** A prime period: a lost or doubled chunk of any size of a buffer shows. */
    private static byte at(long place) {
        return (byte) (place % 251);
    }

    private static byte[] chunk(long from, int length) {
        byte[] bytes = new byte[length];
        for (int n = 0; n < length; n++) {
            bytes[n] = at(from + n);
        }
        return bytes;
    }

    /** Each end sends so many bytes and says then that it sends no more; each gets them all, and then the end. */
    static void bothWays(RelayPipe one, RelayPipe two, long bytes) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            CompletableFuture<Void> forth = CompletableFuture.runAsync(() -> send(one, bytes), threads);
            CompletableFuture<Void> back = CompletableFuture.runAsync(() -> send(two, bytes), threads);
            CompletableFuture<Void> read = CompletableFuture.runAsync(() -> expect(one, bytes), threads);
            expect(two, bytes);
            CompletableFuture.allOf(forth, back, read).get(30, TimeUnit.SECONDS);
        }
    }

    private static void send(RelayPipe pipe, long bytes) {
        try {
            OutputStream out = pipe.socket().getOutputStream();
            for (long sent = 0; sent < bytes; sent += CHUNK) {
                out.write(chunk(sent, (int) Math.min(CHUNK, bytes - sent)));
            }
            pipe.finish();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    /** A client that has said all it has to say, and reads the answer only when the host cannot send on, gets all of it. */
    static void readLate(RelayPipe client, RelayPipe host) {
        try {
            client.send("question");
            client.finish();
            host.expect("question");
            host.expectEnd();
            assertThat(sendUntilItStops(host, LATE_BYTES)).isLessThan(LATE_BYTES);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
        expect(client, LATE_BYTES);
    }

    /** So many bytes come, and then the end. */
    static void expect(RelayPipe pipe, long bytes) {
        try {
            InputStream in = pipe.socket().getInputStream();
            long got = 0;
            byte[] buffer = new byte[CHUNK];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int n = 0; n < read; n++) {
                    if (buffer[n] != at(got + n)) {
                        throw new AssertionError("wrong byte at " + (got + n));
                    }
                }
                got += read;
            }
            assertThat(got).isEqualTo(bytes);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Sends so many bytes and then the end, on a thread of its own; answers, once it stands still, how many went. */
    static long sendUntilItStops(RelayPipe pipe, long bytes) throws Exception {
        AtomicLong sent = new AtomicLong();
        Thread writer = Thread.ofPlatform().daemon().start(() -> {
            try {
                for (long from = 0; from < bytes; from += CHUNK) {
                    pipe.send(chunk(from, CHUNK));
                    sent.addAndGet(CHUNK);
                }
                pipe.finish();
            } catch (IOException closed) {
                // the reader sees what is missing
            }
        });
        long before = -1;
        while (sent.get() != before && writer.isAlive()) {
            before = sent.get();
            writer.join(STOPPED_MILLIS);
        }
        return sent.get();
    }
}
