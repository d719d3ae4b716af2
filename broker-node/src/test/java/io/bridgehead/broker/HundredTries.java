package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.ChangeFeed;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * How long a change takes from the operator's request on one node to what a user on another sees, over a hundred
 * tries. The promise is of the 99th, a second; that one is printed and stands in the README. What fails a test is the
 * median: told by the feed alone it is half the feed's interval, and a machine that stands still for a second in one
 * of a hundred tries does not move it.
 */
final class HundredTries {

    private static final int TRIES = 100;

    /** A quarter of the feed's interval: messages take a tenth of it, the feed alone needs twice as long. */
    private static final Duration TOLD = ChangeFeed.INTERVAL.dividedBy(4);

    private HundredTries() {}

    interface Step {
        void run(int number) throws Exception;
    }

    /** Takes the time from {@code change} to the end of {@code seen}; {@code besides}, asked then, is what it may take on top. */
    static void assertTold(String what, Step before, Step change, Step seen, Supplier<Duration> besides)
            throws Exception {
        long[] micros = new long[TRIES];
        for (int n = 0; n < TRIES; n++) {
            before.run(n);
            long begin = System.nanoTime();
            change.run(n);
            seen.run(n);
            micros[n] = (System.nanoTime() - begin) / 1_000;
        }
        Arrays.sort(micros);
        System.out.printf(
                "%s through the other node: median %d us, p99 %d us, most %d us%n",
                what, micros[TRIES / 2], micros[TRIES * 99 / 100 - 1], micros[TRIES - 1]);
        assertThat(Duration.of(micros[TRIES / 2], ChronoUnit.MICROS)).as(what).isLessThan(TOLD.plus(besides.get()));
    }

    static void assertTold(String what, Step before, Step change, Step seen) throws Exception {
        assertTold(what, before, change, seen, () -> Duration.ZERO);
    }
}
