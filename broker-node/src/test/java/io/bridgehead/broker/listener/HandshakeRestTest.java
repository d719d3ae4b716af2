package io.bridgehead.broker.listener;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HandshakeRestTest {

    /** Of all that are computed, on a machine that may be busy with other tests. */
    private static final int HANDSHAKES = 5;

    @Test
    void whoWasHeldUpRestsMuchLongerThanThat() {
        assertThat(HandshakeRest.nanos(MICROSECONDS.toNanos(200), 0)).isEqualTo(MILLISECONDS.toNanos(12));
    }

    @Test
    void nobodyRestsForLongerThanThirtyMilliseconds() {
        assertThat(HandshakeRest.nanos(MILLISECONDS.toNanos(900), 0)).isEqualTo(MILLISECONDS.toNanos(30));
    }

    @Test
    void whoComesLastInALongLineWaitsForFortySecondsOfRestsAtMost() {
        int line = 9_999;
        assertThat(HandshakeRest.nanos(MILLISECONDS.toNanos(5), line)).isEqualTo(MILLISECONDS.toNanos(4));
    }

    @Test
    void whoHasACoreToHimselfDoesNotRest() {
        // others' tests may want it in this very moment, but not in all of them
        await().until(() -> {
            AtomicBoolean rests = new AtomicBoolean();
            HandshakeRest.after(() -> {}, () -> {
                rests.set(true);
                return 0;
            });
            return !rests.get();
        });
    }

    @Test
    void aThreadOfHandshakesRestsAfterEachThatWasHeldUp() {
        HandshakeThreads threads = new HandshakeThreads(1);
        CompletableFuture<Void> done = new CompletableFuture<>();
        long began = System.nanoTime();
        for (int n = 0; n < HANDSHAKES; n++) {
            threads.execute(() -> heldUpFor(5));
        }
        threads.execute(() -> done.complete(null));
        await().until(done::isDone);
        assertThat(System.nanoTime() - began).isGreaterThan(MILLISECONDS.toNanos(HANDSHAKES * (5 + 30)));
    }

    /** Without a core, as when others have it. */
    private static void heldUpFor(long millis) {
        CompletableFuture<Void> never = new CompletableFuture<>();
        never.completeOnTimeout(null, millis, MILLISECONDS).join();
    }
}
