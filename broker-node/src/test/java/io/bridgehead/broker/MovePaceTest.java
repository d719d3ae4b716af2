package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In steps of 100 ms, as the node makes them. */
class MovePaceTest {

    private static final long STEP = NodeLife.STEP.toNanos();

    /** How many are asked in each step of a drain of {@code time}. */
    private static List<Integer> drain(int users, Duration time) {
        long start = -5;
        long deadline = start + time.toNanos();
        MovePace pace = MovePace.from(start);
        List<Integer> steps = new ArrayList<>();
        int waiting = users;
        for (long now = start; now < deadline; now += STEP) {
            pace = pace.at(now, deadline, waiting);
            int allowed = pace.allowed(waiting);
            pace = pace.asked(allowed);
            waiting -= allowed;
            steps.add(allowed);
        }
        return steps;
    }

    private static int sum(List<Integer> steps) {
        return steps.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void manyUsersAreSpreadEvenlyAndAllAskedInTime() {
        List<Integer> steps = drain(4_000, Duration.ofSeconds(20));

        assertThat(sum(steps)).isEqualTo(4_000);
        assertThat(steps.subList(1, 198)).allSatisfy(asked -> assertThat(asked).isBetween(19, 22));
        assertThat(sum(steps.subList(0, 100))).isCloseTo(2_000, within(20));
    }

    @Test
    void neverMoreThanFiveHundredASecond() {
        List<Integer> steps = drain(60_000, Duration.ofSeconds(20));

        assertThat(steps).allSatisfy(asked -> assertThat(asked).isLessThanOrEqualTo(50));
        assertThat(sum(steps)).isGreaterThan(9_900);
    }

    @Test
    void aFewUsersDoNotMakeItLast() {
        List<Integer> steps = drain(3, Duration.ofHours(1));

        assertThat(steps.get(0)).isEqualTo(1);
        assertThat(sum(steps.subList(0, 22))).isEqualTo(3);
        assertThat(steps.subList(0, 22)).allSatisfy(asked -> assertThat(asked).isLessThanOrEqualTo(1));
    }

    @Test
    void aLateStepMakesNoBurst() {
        long deadline = Duration.ofSeconds(20).toNanos();
        MovePace pace = MovePace.from(0).at(Duration.ofSeconds(10).toNanos(), deadline, 60_000);

        assertThat(pace.allowed(60_000)).isEqualTo(50);
    }

    @Test
    void nothingIsSavedUpWhileNobodyWaits() {
        long deadline = Duration.ofHours(1).toNanos();
        MovePace pace = MovePace.from(0);
        long now = 0;
        for (int step = 0; step < 1_000; step++) {
            now += STEP;
            pace = pace.at(now, deadline, 0);
        }

        assertThat(pace.at(now, deadline, 400).allowed(400)).isEqualTo(1);
    }

    @Test
    void theLastStepBeforeTheDeadlineStillAsks() {
        long deadline = Duration.ofSeconds(1).toNanos();
        MovePace late = MovePace.from(deadline - STEP).at(deadline - STEP / 2, deadline, 20);

        assertThat(late.allowed(20)).isBetween(10, 20);
    }
}
