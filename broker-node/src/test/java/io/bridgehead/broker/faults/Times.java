package io.bridgehead.broker.faults;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Times that something took. Any thread. */
final class Times {

    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

    void add(long nanoseconds) {
        nanos.add(nanoseconds);
    }

    int count() {
        return nanos.size();
    }

    /** The time that 99 of 100 stay below. */
    Duration p99() {
        return below(0.99);
    }

    /** The time that this part of all stays below. */
    private Duration below(double part) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? Duration.ZERO : Duration.ofNanos(sorted[(int) (sorted.length * part)]);
    }

    @Override
    public String toString() {
        return "p50 %s, p90 %s, p95 %s, p99 %s, p99.9 %s of %d"
                .formatted(below(0.5), below(0.9), below(0.95), p99(), below(0.999), count());
    }
}
