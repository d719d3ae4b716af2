package io.bridgehead.broker.account;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets so many decisions be under way at a time; the others wait for their turn, in order, and who would wait too long
 * is refused. When a node dies its users come all at once: asked for all of them together, the registry would answer
 * nobody in time. Any thread.
 */
final class AdmissionQueue {

    private final int mayWait;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final Semaphore turns;
    private final Queue<Turn<?>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    private record Turn<T>(Supplier<Future<T>> work, Supplier<T> refusal, Promise<T> answer, long since) {}

    /**
     * @param atATime decisions under way, at least 1
     * @param mayWait more than these are refused at once
     * @param patience whoever has waited longer when his turn comes is refused
     * @param nanoTime as {@link System#nanoTime}
     */
    AdmissionQueue(int atATime, int mayWait, Duration patience, LongSupplier nanoTime) {
        this.turns = new Semaphore(atATime);
        this.mayWait = mayWait;
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Answers what {@code work} does, or {@code refusal}.
     *
     * @param work begun on any thread
     */
    <T> Future<T> take(Supplier<Future<T>> work, Supplier<T> refusal) {
        if (waitingCount.incrementAndGet() > mayWait) {
            waitingCount.decrementAndGet();
            return Future.succeededFuture(refusal.get());
        }
        Turn<T> turn = new Turn<>(work, refusal, Promise.promise(), nanoTime.getAsLong());
        waiting.add(turn);
        giveTurns();
        return turn.answer().future();
    }

    int waiting() {
        return waitingCount.get();
    }

    /** One thread gives turns; whoever asks meanwhile, or from inside a turn that ended at once, has it look again. */
    private void giveTurns() {
        if (asked.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            while (!waiting.isEmpty() && turns.tryAcquire()) {
                begin(waiting.remove());
            }
            seen = asked.addAndGet(-seen);
        }
    }

    private <T> void begin(Turn<T> turn) {
        waitingCount.decrementAndGet();
        if (nanoTime.getAsLong() - turn.since() > patienceNanos) {
            turns.release();
            turn.answer().complete(turn.refusal().get());
            return;
        }
        turn.work().get().onComplete(done -> {
            turns.release();
            turn.answer().handle(done);
            giveTurns();
        });
    }
}
