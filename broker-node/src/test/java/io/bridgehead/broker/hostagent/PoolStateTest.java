package io.bridgehead.broker.hostagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PoolStateTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    /** A pool of three whose relay is trusted: 1, 2 and 3 wait as sessions 11, 12 and 13. */
    private static PoolTester filled() {
        return new PoolTester(3, 1)
                .begun().dialsCommand(0)
                .commandUp(0).dials(0, 1)
                .opened(1, 11).dials(0, 2, 3)
                .opened(2, 12)
                .opened(3, 13).has(3, 0);
    }

    @Test
    void oneConnectionTriesTheRelayAndTheOthersFollowWhenItIsAnswered() {
        try (PoolTester pool = new PoolTester(3, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1).has(0, 0);
            pool.opened(1, 11).dials(0, 2, 3).has(1, 0);
            assertThat(pool.state().isReady()).isTrue();
        }
    }

    @Test
    void aClientThatSpeaksIsServedAndThePoolFilledAgainAtOnce() {
        try (PoolTester pool = filled()) {
            pool.clientSpoke(2).dials(0, 4).has(2, 1);
            pool.commandOpen(0, 12).has(2, 1);
            pool.ended(2).has(2, 0);
        }
    }

    @Test
    void aClientThatWaitsForTheServerToSpeakIsServedWhenTheRelaySaysSo() {
        try (PoolTester pool = filled()) {
            pool.commandOpen(0, 13).effects(new PoolEffect.Serve(3)).dials(0, 4).has(2, 1);
            pool.clientSpoke(3).has(2, 1);
        }
    }

    @Test
    void aCommandThatComesBeforeTheAnswerItIsAboutIsRemembered() {
        try (PoolTester pool = new PoolTester(2, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            pool.commandOpen(0, 11);
            pool.opened(1, 11).effects(new PoolEffect.Serve(1)).dials(0, 2, 3).has(0, 1);
        }
    }

    @Test
    void ofTooManyCommandsThatComeBeforeTheirAnswersTheOldestIsForgotten() {
        try (PoolTester pool = new PoolTester(3, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            for (int session = 100; session <= 164; session++) {
                pool.commandOpen(0, session);
            }
            pool.opened(1, 101).effects(new PoolEffect.Serve(1)).dials(0, 2, 3, 4);
            pool.opened(2, 100).has(1, 1);
        }
    }

    @Test
    void aCommandThatWasTakenBackIsNotRemembered() {
        try (PoolTester pool = new PoolTester(1, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            pool.commandOpen(0, 11);
            pool.commandDrop(0, 11);
            pool.opened(1, 11).has(1, 0);
        }
    }

    @Test
    void aCommandOfARelaysFormerLifeIsForgotten() {
        try (PoolTester pool = new PoolTester(1, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            pool.commandOpen(0, 12);
            pool.commandLost(0).closes(1).retriesAfter(0, Duration.ofSeconds(1));
            pool.retry(0).dialsCommand(0);
            pool.commandUp(0).dials(0, 2);
            pool.opened(2, 12).has(1, 0);
        }
    }

    @Test
    void theConnectionOfAClientThatHasGoneIsTold() {
        try (PoolTester pool = filled()) {
            pool.clientSpoke(1).dials(0, 4);
            pool.commandDrop(0, 11).effects(new PoolEffect.ClientGone(1));
            pool.commandDrop(0, 12).has(2, 1);
            pool.ended(1);
            pool.commandDrop(0, 11);
        }
    }

    @Test
    void withoutItsCommandConnectionARelaysWaitingConnectionsAreClosedAndClientsAreServedOn() {
        try (PoolTester pool = filled()) {
            pool.clientSpoke(1).dials(0, 4);
            pool.after(SHORT).commandLost(0).closes(2, 3, 4).retriesAfter(0, Duration.ofSeconds(1)).has(0, 1);
            pool.lost(2);
            pool.retry(0).dialsCommand(0);
            pool.commandUp(0).dials(0, 5);
            pool.ended(1);
        }
    }

    @Test
    void eachFailureInARowDoublesTheLongestWaitUpToAMinute() {
        try (PoolTester pool = new PoolTester(10, 1)) {
            pool.begun().dialsCommand(0);
            for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
                pool.commandLost(0).retriesAfter(0, Duration.ofSeconds(seconds));
                pool.retry(0).dialsCommand(0);
            }
        }
    }

    @Test
    void aRelayThatTakesHostsAndClosesThemIsLeftAloneForLonger() {
        try (PoolTester pool = new PoolTester(1, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            pool.opened(1, 11);
            pool.after(SHORT).lost(1).retriesAfter(0, Duration.ofSeconds(1));
            pool.retry(0).dials(0, 2);
            pool.opened(2, 12);
            pool.after(SHORT).lost(2).retriesAfter(0, Duration.ofSeconds(2));
        }
    }

    @Test
    void aRelayThatDidWellForAWhileHasNoFailuresBehindIt() {
        try (PoolTester pool = new PoolTester(1, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandLost(0).retriesAfter(0, Duration.ofSeconds(1));
            pool.retry(0).dialsCommand(0);
            pool.commandLost(0).retriesAfter(0, Duration.ofSeconds(2));
            pool.retry(0).dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            pool.opened(1, 11);
            pool.after(PoolTester.STEADY).commandLost(0).closes(1).retriesAfter(0, Duration.ofSeconds(1));
        }
    }

    @Test
    void aConnectionThatWaitedForLongIsReplacedAtOnceWhenTheRelayClosesIt() {
        try (PoolTester pool = filled()) {
            pool.after(PoolTester.STEADY).lost(2).dials(0, 4).has(2, 0);
        }
    }

    @Test
    void manyConnectionsThatFailTogetherAreOneFailureAndOneTriesAgain() {
        try (PoolTester pool = new PoolTester(3, 1)) {
            pool.begun().dialsCommand(0);
            pool.commandUp(0).dials(0, 1);
            pool.opened(1, 11).dials(0, 2, 3);
            pool.lost(2).retriesAfter(0, Duration.ofSeconds(1));
            pool.lost(3).has(1, 0);
            pool.retry(0).dials(0, 4);
            pool.opened(4, 14).dials(0, 5).has(2, 0);
        }
    }

    @Test
    void aClientOfARelayThatRestsIsServedAndItsPlaceFilledWhenTheRestIsOver() {
        try (PoolTester pool = filled()) {
            pool.after(SHORT).lost(1).retriesAfter(0, Duration.ofSeconds(1));
            pool.clientSpoke(2).has(1, 1);
            pool.retry(0).dials(0, 4);
            pool.opened(4, 14).dials(0, 5);
        }
    }

    @Test
    void aRetryOfARelayThatDoesNotRestDoesNothing() {
        try (PoolTester pool = filled()) {
            pool.retry(0);
            pool.commandLost(0).closes(1, 2, 3).retriesAfter(0, Duration.ofSeconds(1));
            pool.retry(0).dialsCommand(0);
            pool.retry(0);
        }
    }

    @Test
    void relaysShareThePool() {
        try (PoolTester pool = new PoolTester(5, 2)) {
            pool.begun().dialsCommand(0).dialsCommand(1);
            pool.commandUp(0).dials(0, 1);
            pool.commandUp(1).dials(1, 2);
            pool.opened(1, 11).dials(0, 3, 4, 5, 6);
            pool.opened(2, 12).dials(1, 7);
            pool.opened(3, 13);
            // three of five are the first one's: two more than that are there, so the next two are not replaced
            pool.clientSpoke(1);
            pool.clientSpoke(3);
            pool.opened(4, 14);
            pool.clientSpoke(4).dials(0, 8);
        }
    }

    @Test
    void whatAFailedRelayHadTheOthersTakeOver() {
        try (PoolTester pool = new PoolTester(2, 2)) {
            pool.begun().dialsCommand(0).dialsCommand(1);
            pool.commandUp(0).dials(0, 1);
            pool.commandUp(1).dials(1, 2);
            pool.opened(1, 11).dials(0, 3);
            pool.opened(2, 12);
            pool.commandLost(0).closes(1, 3).retriesAfter(0, Duration.ofSeconds(1)).dials(1, 4);
        }
    }

    @Test
    void aCommandOfOneRelayIsNotAboutASessionOfAnother() {
        try (PoolTester pool = new PoolTester(2, 2)) {
            pool.begun().dialsCommand(0).dialsCommand(1);
            pool.commandUp(0).dials(0, 1);
            pool.commandUp(1).dials(1, 2);
            pool.opened(1, 7).dials(0, 3);
            pool.commandOpen(1, 7).has(1, 0);
            pool.opened(2, 7).effects(new PoolEffect.Serve(2)).dials(1, 4).has(1, 1);
        }
    }

    @Test
    void drainingClosesWhoWaitsAndEndsWhenTheLastClientHasGone() {
        try (PoolTester pool = filled()) {
            pool.clientSpoke(1).dials(0, 4);
            pool.drain().closes(2, 3, 4).has(0, 1);
            assertThat(pool.state().isReady()).isFalse();
            pool.commandDrop(0, 11).effects(new PoolEffect.ClientGone(1));
            pool.ended(1).effects(new PoolEffect.CloseCommand(0), new PoolEffect.Drained());
        }
    }

    @Test
    void drainingWithoutClientsEndsAtOnceAndOnce() {
        try (PoolTester pool = new PoolTester(1, 2)) {
            pool.begun().dialsCommand(0).dialsCommand(1);
            pool.commandLost(1).retriesAfter(1, Duration.ofSeconds(1));
            pool.drain().effects(new PoolEffect.CloseCommand(0), new PoolEffect.Drained());
            pool.drain();
            pool.retry(1);
        }
    }

    @Test
    void theCommandConnectionThatBreaksDuringADrainIsNotOpenedAgain() {
        try (PoolTester pool = filled()) {
            pool.clientSpoke(1).dials(0, 4);
            pool.drain().closes(2, 3, 4);
            pool.commandLost(0).retriesAfter(0, Duration.ofSeconds(1));
            pool.retry(0);
            pool.ended(1).effects(new PoolEffect.Drained());
        }
    }

    @Test
    void aWaitIsAnythingBetweenTheLeastAndTheCeiling() {
        BackOff backOff = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(60));
        assertThat(backOff.after(1, 0)).isEqualTo(Duration.ofMillis(50));
        assertThat(backOff.after(1, 0.5)).isEqualTo(Duration.ofMillis(525));
        assertThat(backOff.after(1, 1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backOff.after(3, 1)).isEqualTo(Duration.ofSeconds(4));
        assertThat(backOff.after(65, 1)).isEqualTo(Duration.ofSeconds(60));
        assertThat(backOff.after(1000, 1)).isEqualTo(Duration.ofSeconds(60));
        assertThatThrownBy(() -> new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(60)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever happens: no relay has more than the pool's size, and the counts are those of what was told. */
    @Property(tries = 300)
    void whateverHappensAPoolIsNeverLargerThanItsSizeAtOneRelay(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int size, @ForAll @IntRange(min = 1, max = 3) int relays) {
        Random dice = new Random(seed);
        PoolState pool = new PoolState(
                new PoolState.Limits(size, PoolTester.BACK_OFF, PoolTester.STEADY), relays);
        Map<Long, Integer> idle = new HashMap<>();
        Set<Long> waiting = new HashSet<>();
        Set<Long> serving = new HashSet<>();
        Set<Integer> resting = new HashSet<>();
        Set<Integer> dialling = new HashSet<>();
        Set<Integer> up = new HashSet<>();
        List<PoolEffect> effects = new ArrayList<>(pool.begun());
        for (int step = 0; step < 200; step++) {
            for (PoolEffect effect : effects) {
                switch (effect) {
                    case PoolEffect.DialCommand(int relay) -> assertThat(dialling.add(relay)).isTrue();
                    case PoolEffect.DialData(int relay, long id) -> {
                        assertThat(up).contains(relay);
                        idle.put(id, relay);
                    }
                    case PoolEffect.CloseData(long id) -> {
                        assertThat(idle.remove(id)).isNotNull();
                        waiting.remove(id);
                    }
                    case PoolEffect.Serve(long id) -> {
                        assertThat(idle.remove(id)).isNotNull();
                        waiting.remove(id);
                        serving.add(id);
                    }
                    case PoolEffect.RetryAfter(int relay, Duration time) -> assertThat(resting.add(relay)).isTrue();
                    case PoolEffect.ClientGone(long id) -> assertThat(serving).contains(id);
                    case PoolEffect.CloseCommand c -> throw new AssertionError(c);
                    case PoolEffect.Drained d -> throw new AssertionError(d);
                }
            }
            for (int relay = 0; relay < relays; relay++) {
                int number = relay;
                assertThat(idle.values().stream().filter(each -> each == number).count()).isLessThanOrEqualTo(size);
            }
            assertThat(pool.waiting()).isEqualTo(waiting.size());
            assertThat(pool.serving()).isEqualTo(serving.size());
            effects = happens(pool, dice, relays, idle, waiting, serving, resting, dialling, up, step * 700L);
        }
    }

    private static List<PoolEffect> happens(
            PoolState pool, Random dice, int relays, Map<Long, Integer> idle, Set<Long> waiting, Set<Long> serving,
            Set<Integer> resting, Set<Integer> dialling, Set<Integer> up, long now) {
        int relay = dice.nextInt(relays);
        long any = idle.isEmpty() ? -1 : List.copyOf(idle.keySet()).get(dice.nextInt(idle.size()));
        switch (dice.nextInt(8)) {
            case 0 -> {
                if (dialling.remove(relay)) {
                    up.add(relay);
                    return pool.commandUp(relay);
                }
            }
            case 1 -> {
                if (dialling.remove(relay) | up.remove(relay)) {
                    return pool.commandLost(relay, now, dice.nextDouble());
                }
            }
            case 2 -> {
                if (resting.remove(relay)) {
                    return pool.retry(relay);
                }
            }
            case 3 -> {
                if (waiting.contains(any)) {
                    idle.remove(any);
                    waiting.remove(any);
                    serving.add(any);
                    return pool.clientSpoke(any);
                }
            }
            case 4 -> {
                if (any >= 0 && dice.nextInt(4) == 0) {
                    idle.remove(any);
                    waiting.remove(any);
                    return pool.lost(any, now, dice.nextDouble());
                }
            }
            case 5 -> {
                return pool.commandOpen(relay, dice.nextInt(50));
            }
            case 6 -> {
                if (!serving.isEmpty()) {
                    long one = serving.iterator().next();
                    serving.remove(one);
                    return pool.ended(one);
                }
            }
            default -> {
                if (any >= 0 && waiting.add(any)) {
                    return pool.opened(any, (int) any, now);
                }
            }
        }
        return List.of();
    }
}
