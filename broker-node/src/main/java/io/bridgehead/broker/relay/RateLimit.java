package io.bridgehead.broker.relay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket that holds a second's worth and may go into debt: whoever took too much waits until it is paid, behind
 * those who took before. Nothing is ever refused. Any thread; no lock.
 */
final class RateLimit {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final double nanosPerByte;
    private final LongSupplier nanoTime;
    /** Until when all that was taken is paid for, at the rate. */
    private final AtomicLong paidUntil;

    /** @param bytesPerSecond 0: no limit */
    RateLimit(long bytesPerSecond, LongSupplier nanoTime) {
        this.nanosPerByte = bytesPerSecond == 0 ? 0 : (double) SECOND / bytesPerSecond;
        this.nanoTime = nanoTime;
        this.paidUntil = new AtomicLong(nanoTime.getAsLong() - SECOND);
    }

    /** Takes the bytes; how many nanoseconds their connection must not read, 0: it may go on. */
    long take(int bytes) {
        if (nanosPerByte == 0) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        long cost = (long) (bytes * nanosPerByte);
        long paid = paidUntil.updateAndGet(until -> (until - (now - SECOND) < 0 ? now - SECOND : until) + cost);
        return Math.max(0, paid - now);
    }
}
