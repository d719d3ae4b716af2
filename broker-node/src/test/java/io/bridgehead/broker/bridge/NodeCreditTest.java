package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NodeCreditTest {

    private static final int MIB = 1024 * 1024;
    private static final int WINDOW = MIB / 2;

    @Test
    void whileItIsHalfEmptyABridgeTakesWhatItWants() {
        NodeCredit credit = new NodeCredit(32 * MIB);
        credit.bridgeOpened();
        credit.bridgeOpened();
        assertThat(credit.take(10 * MIB, 0)).isEqualTo(10 * MIB);
        assertThat(credit.outstanding()).isEqualTo(10 * MIB);
    }

    /** A hundred that want all they can get: nobody has more than its share once half is gone, and all have some. */
    @Test
    void manyBridgesGetAnEvenShare() {
        NodeCredit credit = new NodeCredit(32 * MIB);
        int bridges = 100;
        long[] own = new long[bridges];
        for (int n = 0; n < bridges; n++) {
            credit.bridgeOpened();
        }
        for (int round = 0; round < 100; round++) {
            for (int n = 0; n < bridges; n++) {
                own[n] += credit.take(64 * 1024, own[n]);
            }
        }
        for (long each : own) {
            assertThat(each).isBetween(32L * MIB / bridges - 64 * 1024, 32L * MIB / bridges + 64 * 1024);
        }
        assertThat(credit.outstanding()).isLessThanOrEqualTo(32 * MIB);
    }

    /** Each takes all it can get, up to a window, and never gives anything back. */
    @Test
    void readersWhoHaveStoppedLeaveSomethingToTheNext() {
        NodeCredit credit = new NodeCredit(32 * MIB);
        for (int stopped = 0; stopped < 800; stopped++) {
            credit.bridgeOpened();
            long least = stopped < 48 ? WINDOW : stopped < 200 ? 4 * 1024 : 1024;
            assertThat(fill(credit)).as("behind %d others", stopped).isGreaterThanOrEqualTo(least);
        }
    }

    private static long fill(NodeCredit credit) {
        long own = 0;
        int taken = -1;
        while (taken != 0 && own < WINDOW) {
            taken = credit.take((int) Math.min(64 * 1024, WINDOW - own), own);
            own += taken;
        }
        return own;
    }

    /** Who waits is called at each gift: a crumb for each of them would be a frame for each of them. */
    @Test
    void whatIsLeftDoesNotGoInCrumbs() {
        NodeCredit credit = new NodeCredit(32 * MIB);
        for (int stopped = 0; stopped < 200; stopped++) {
            credit.bridgeOpened();
            fill(credit);
        }
        credit.bridgeOpened();
        long own = fill(credit);
        credit.give(20 * 1024);
        assertThat(credit.take(64 * 1024, own)).isZero();
        assertThat(credit.take(64 * 1024, own / 4)).isGreaterThan(1024);
        assertThat(credit.take(100, own / 4)).as("it wants no more").isEqualTo(100);
    }

    @Test
    void whoWaitsIsCalledOnceWhenThereIsRoom() {
        NodeCredit credit = new NodeCredit(MIB);
        credit.bridgeOpened();
        credit.take(MIB, 0);
        AtomicInteger called = new AtomicInteger();
        credit.awaitRoom(credit.gifts(), called::incrementAndGet);
        assertThat(called).hasValue(0);
        credit.give(100);
        credit.give(100);
        assertThat(called).hasValue(1);
    }

    /** Another thread gives between the look that found nothing and the wait. */
    @Test
    void whatWasGivenBeforeTheWaitIsNotMissed() {
        NodeCredit credit = new NodeCredit(MIB);
        credit.bridgeOpened();
        credit.take(MIB, 0);
        AtomicInteger called = new AtomicInteger();
        long before = credit.gifts();
        assertThat(credit.take(100, MIB)).isZero();
        credit.give(MIB);
        credit.awaitRoom(before, called::incrementAndGet);
        assertThat(called).hasValue(1);
        credit.give(0);
        assertThat(called).as("called once").hasValue(1);
    }

    /** Only who was there to hear it may be called: room that somebody else's wait saw is no reason to ask again. */
    @Test
    void whatWasGivenBeforeTheLookCallsNobody() {
        NodeCredit credit = new NodeCredit(MIB);
        credit.bridgeOpened();
        credit.give(0);
        credit.take(MIB, 0);
        AtomicInteger called = new AtomicInteger();
        long before = credit.gifts();
        assertThat(credit.take(100, MIB)).isZero();
        credit.awaitRoom(before, called::incrementAndGet);
        assertThat(called).hasValue(0);
    }

    @Test
    void aBridgeThatClosesGivesBackWhatItHad() {
        NodeCredit credit = new NodeCredit(MIB);
        credit.bridgeOpened();
        credit.take(MIB, 0);
        credit.bridgeClosed(MIB);
        assertThat(credit.outstanding()).isZero();
    }

    @Property(tries = 200)
    void theLimitIsNeverExceeded(@ForAll long seed) {
        NodeCredit credit = new NodeCredit(MIB);
        Random random = new Random(seed);
        long[] own = new long[20];
        for (int n = 0; n < own.length; n++) {
            credit.bridgeOpened();
        }
        for (int step = 0; step < 500; step++) {
            int n = random.nextInt(own.length);
            if (random.nextBoolean()) {
                own[n] += credit.take(random.nextInt(64 * 1024), own[n]);
            } else {
                long back = random.nextLong(own[n] + 1);
                own[n] -= back;
                credit.give(back);
            }
            assertThat(credit.outstanding()).isBetween(0L, (long) MIB);
        }
    }
}
