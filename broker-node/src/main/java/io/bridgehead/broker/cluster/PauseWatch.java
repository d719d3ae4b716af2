package io.bridgehead.broker.cluster;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Notices that the process stood still (stopped, swapped out, a long collection): by then the others may have taken it
 * for dead. By the monotonic clock, so setting the time means nothing. One context.
 */
final class PauseWatch {

    /** A longer gap between two ticks is a pause. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    private final LongSupplier nanos;
    private final Consumer<Duration> paused;
    private long last;

    PauseWatch(LongSupplier nanos, Consumer<Duration> paused) {
        this.nanos = nanos;
        this.paused = paused;
        this.last = nanos.getAsLong();
    }

    void tick() {
        long now = nanos.getAsLong();
        long gap = now - last;
        last = now;
        if (gap > LIMIT.toNanos()) {
            paused.accept(Duration.ofNanos(gap));
        }
    }
}
