package io.bridgehead.broker.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A thread on which whole maps are looked through, one look at a time: Hazelcast can be asked for that in no other way
 * than a blocking one. Any thread may ask; what finds no place in the queue fails. Idle, it holds no thread.
 */
final class ScanThread implements AutoCloseable {

    private static final int QUEUE = 16;
    private static final int IDLE_SECONDS = 30;

    private final ThreadPoolExecutor thread;

    ScanThread(String name) {
        thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                Thread.ofPlatform().name("scan-" + name).daemon().factory());
        thread.allowCoreThreadTimeOut(true);
    }

    <T> Future<T> run(Supplier<T> scan) {
        Promise<T> answer = Promise.promise();
        execute(scan, answer);
        return answer.future();
    }

    /**
     * A scan that many ask for: whoever asks before one begins shares its answer. So everybody sees what was done
     * before he asked, and there is at most one running and one waiting.
     */
    <T> Supplier<Future<T>> shared(Supplier<T> scan) {
        AtomicReference<Promise<T>> waiting = new AtomicReference<>();
        return () -> {
            Promise<T> fresh = Promise.promise();
            Promise<T> next = waiting.compareAndExchange(null, fresh);
            if (next != null) {
                return next.future();
            }
            execute(() -> {
                waiting.set(null);
                return scan.get();
            }, fresh);
            fresh.future().onFailure(notBegun -> waiting.compareAndSet(fresh, null));
            return fresh.future();
        };
    }

    private <T> void execute(Supplier<T> scan, Promise<T> answer) {
        try {
            thread.execute(() -> complete(scan, answer));
        } catch (RejectedExecutionException full) {
            answer.fail(full);
        }
    }

    private static <T> void complete(Supplier<T> scan, Promise<T> answer) {
        T result;
        try {
            result = scan.get();
        } catch (RuntimeException failure) {
            answer.fail(failure);
            return;
        }
        answer.complete(result);
    }

    /** Breaks off what runs. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
