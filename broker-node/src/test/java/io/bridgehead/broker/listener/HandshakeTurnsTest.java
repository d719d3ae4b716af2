package io.bridgehead.broker.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HandshakeTurnsTest {

    private final HandshakeTurns turns = new HandshakeTurns(2);
    private final List<String> begun = new ArrayList<>();

    @Test
    void turnsBeginInTheOrderTheyWereAskedFor() {
        HandshakeTurns.Turn a = await("a");
        HandshakeTurns.Turn b = await("b");
        await("c");
        await("d");
        assertThat(begun).containsExactly("a", "b");
        assertThat(turns.waiting()).isEqualTo(2);
        b.end();
        assertThat(begun).containsExactly("a", "b", "c");
        a.end();
        assertThat(begun).containsExactly("a", "b", "c", "d");
        assertThat(turns.waiting()).isZero();
        assertThat(turns.begun()).isEqualTo(2);
    }

    @Test
    void aTurnEndsOnce() {
        HandshakeTurns.Turn a = await("a");
        await("b");
        await("c");
        await("d");
        a.end();
        a.end();
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void whoLeavesTheLineNeverBeginsAndCostsNobodyATurn() {
        HandshakeTurns.Turn a = await("a");
        await("b");
        HandshakeTurns.Turn left = await("left");
        await("c");
        left.end();
        left.end();
        assertThat(begun).containsExactly("a", "b");
        a.end();
        assertThat(begun).containsExactly("a", "b", "c");
        assertThat(turns.begun()).isEqualTo(2);
    }

    @Test
    void aTurnNobodyWaitsForIsFreeForTheNext() {
        await("a").end();
        await("b").end();
        await("c").end();
        assertThat(turns.begun()).isZero();
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void neverMoreThanThatHaveBegunHoweverManyThreadsAskAndEnd() throws Exception {
        int threads = 4;
        int each = 5_000;
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(threads * each);
        ExecutorService ends = Executors.newFixedThreadPool(threads);
        try {
            for (int n = 0; n < threads; n++) {
                ends.execute(() -> {
                    for (int turn = 0; turn < each; turn++) {
                        takePart(ends, now, most, all);
                    }
                });
            }
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            ends.shutdownNow();
        }
        assertThat(most.get()).isBetween(1, turns.most());
        assertThat(turns.begun()).isZero();
        assertThat(turns.waiting()).isZero();
    }

    private void takePart(ExecutorService ends, AtomicInteger now, AtomicInteger most, CountDownLatch all) {
        HandshakeTurns.Turn[] turn = new HandshakeTurns.Turn[1];
        CountDownLatch known = new CountDownLatch(1);
        turn[0] = turns.await(() -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            ends.execute(() -> {
                awaited(known);
                now.decrementAndGet();
                turn[0].end();
                all.countDown();
            });
        });
        known.countDown();
    }

    private static void awaited(CountDownLatch known) {
        try {
            known.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private HandshakeTurns.Turn await(String name) {
        return turns.await(() -> begun.add(name));
    }
}
