package io.bridgehead.broker.hostagent;

import java.time.Duration;

/**
 * How long to wait before the next try: anything from {@code least} to a ceiling that doubles with each failure, up to
 * {@code most}. The whole range is used, so that hosts which lost their relay together do not come back together. Pure.
 */
record BackOff(Duration least, Duration first, Duration most) {

    /** More would overflow; the ceiling has been met long before. */
    private static final int MAX_DOUBLINGS = 30;

    BackOff {
        if (least.isNegative() || first.compareTo(least) < 0 || most.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    least + ", " + first + ", " + most + " (expected: 0 or more, none less than the one before)");
        }
    }

    /**
     * @param failures in a row, 1 or more
     * @param dice 0 to 1
     */
    Duration after(int failures, double dice) {
        long ceiling = Math.min(most.toMillis(), first.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS));
        return Duration.ofMillis(least.toMillis() + Math.round(dice * (ceiling - least.toMillis())));
    }
}
