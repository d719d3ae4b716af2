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
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? Duration.ZERO : Duration.ofNanos(sorted[(int) (sorted.length * 0.99)]);
    }
}
