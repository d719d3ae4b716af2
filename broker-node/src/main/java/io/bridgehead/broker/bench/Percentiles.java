package io.bridgehead.broker.bench;

import java.util.Arrays;

/** Percentiles of durations, by the nearest rank: always one that was measured. */
final class Percentiles {

    private final long[] sorted;

    /** {@code nanoseconds}: one or more. */
    Percentiles(long[] nanoseconds) {
        if (nanoseconds.length == 0) {
            throw new IllegalArgumentException("percentiles of nothing (expected: one measurement or more)");
        }
        this.sorted = nanoseconds.clone();
        Arrays.sort(sorted);
    }

    /** {@code percent} between 0 and 100, to three places, in microseconds. */
    double micros(double percent) {
        // in whole numbers: 99.9 / 100 * 1000 is a little more than 999, and would be rounded up
        int rank = (int) Math.ceilDiv(Math.round(percent * 1000) * sorted.length, 100_000L);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)] / 1e3;
    }
}
