package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Much data through a bridge, whole or until nobody takes it any more. */
public final class BulkTraffic {

    private static final int MIB = 1024 * 1024;

    /** Where bytes go: blocks while nobody takes them. */
    public interface Sink {
        void write(byte[] bytes) throws IOException;
    }

    /** Where bytes come from: some, or -1 at the end. */
    public interface Source {
        int read(byte[] into) throws IOException;
    }

    /** What is done meanwhile. */
    public interface Task<T> {
        T run() throws Exception;
    }

    private BulkTraffic() {}

    /** Sends bytes that depend on the seed alone; their hash. */
    public static String sendRandom(Sink to, long seed, int mebibytes) throws Exception {
        return send(to, seed, mebibytes, MIB, new AtomicLong());
    }

    /** The same in small pieces, each counted in {@code pushed} when it was taken. */
    public static String sendCounted(Sink to, AtomicLong pushed, int mebibytes) throws Exception {
        return send(to, 3, mebibytes, 4 * 1024, pushed);
    }

    private static String send(Sink to, long seed, int mebibytes, int piece, AtomicLong pushed) throws Exception {
        Random random = new Random(seed);
        MessageDigest digest = sha256();
        byte[] chunk = new byte[piece];
        for (long left = (long) mebibytes * MIB; left > 0; left -= piece) {
            random.nextBytes(chunk);
            replaceLineStarts(chunk);
            digest.update(chunk);
            to.write(chunk);
            pushed.addAndGet(piece);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** No byte of it begins a command. */
    public static void replaceLineStarts(byte[] bytes) {
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == ';') {
                bytes[at] = ':';
            }
        }
    }

    /** Sends this chunk again and again until the connection is closed. */
    public static void pushUntilClosed(Sink to, byte[] chunk, AtomicLong pushed) {
        try {
            while (true) {
                to.write(chunk);
                pushed.addAndGet(chunk.length);
            }
        } catch (IOException closed) {
            // what this waits for
        }
    }

    /** Of exactly so many bytes. */
    public static String hash(Source from, long length) throws Exception {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[64 * 1024];
        for (long left = length; left > 0; ) {
            if (left < chunk.length) {
                chunk = new byte[(int) left];
            }
            int read = from.read(chunk);
            assertThat(read).as("%d bytes missing", left).isPositive();
            digest.update(chunk, 0, read);
            left -= read;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256");
    }

    public static <T> CompletableFuture<T> inBackground(Task<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(task.run());
            } catch (Exception | AssertionError failed) {
                result.completeExceptionally(failed);
            }
        });
        return result;
    }

    /** Until the count has stood still for so long. */
    public static void awaitStandstill(AtomicLong count, Duration still) {
        await().atMost(still.plusSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .during(still)
                .until(new Callable<Boolean>() {
                    private long last = -1;

                    @Override
                    public Boolean call() {
                        long now = count.get();
                        boolean same = now > 0 && now == last;
                        last = now;
                        return same;
                    }
                });
    }

    /** What Linux lets a socket's send buffer grow to. */
    public static long kernelSendBuffer() throws IOException {
        // such a file gives all it has at the first read, or loses the rest: with a buffer, not byte by byte
        try (BufferedReader limits = Files.newBufferedReader(Path.of("/proc/sys/net/ipv4/tcp_wmem"))) {
            return Long.parseLong(limits.readLine().split("\\s+")[2]);
        }
    }
}
