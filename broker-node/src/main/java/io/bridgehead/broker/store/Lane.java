package io.bridgehead.broker.store;

import io.bridgehead.broker.account.StoreUnavailable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Threads that talk to one database, and the bounded queue before them: the only place where JDBC blocks. Any thread;
 * the futures complete on the lane's threads. A full queue, and work that waited or ran too long, fail with
 * {@link StoreUnavailable}; work that waited too long is never begun.
 */
final class Lane implements AutoCloseable {

    /** Nobody waits longer for his turn: a client has given up by then. */
    static final Duration QUEUE_LIMIT = Duration.ofSeconds(6);

    /** Longer than every time-out of the drivers (5 s busy, 5 s socket), so that it only ends what they cannot. */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final StorePlace place;
    private final Jdbi jdbi;
    private final ThreadPoolExecutor threads;

    Lane(String name, StorePlace place, DataSource connections, int threadCount, int queueLength) {
        this.name = name;
        this.place = place;
        this.jdbi = Jdbi.create(connections);
        this.threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queueLength),
                Thread.ofPlatform().name("store-" + name + "-", 0).daemon().factory());
    }

    <T> Future<T> read(Function<Handle, T> work) {
        return submit(() -> jdbi.withHandle(work::apply));
    }

    /** All of {@code work} or nothing of it. */
    <T> Future<T> transaction(Function<Handle, T> work) {
        return submit(() -> {
            T result = jdbi.inTransaction(work::apply);
            place.written();
            return result;
        });
    }

    private <T> Future<T> submit(Work<T> work) {
        Promise<T> answer = Promise.promise();
        long asked = System.nanoTime();
        try {
            threads.execute(() -> run(work, asked, answer));
        } catch (RejectedExecutionException full) {
            return Future.failedFuture(
                    new StoreUnavailable("database: the queue for %ss is full or closed".formatted(name), full));
        }
        return answer.future().timeout(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS).recover(this::tooLong);
    }

    private <T> void run(Work<T> work, long asked, Promise<T> answer) {
        if (System.nanoTime() - asked > QUEUE_LIMIT.toNanos()) {
            answer.fail(new StoreUnavailable("database: %s waited over %s for its turn".formatted(name, QUEUE_LIMIT), null));
            return;
        }
        T result;
        try {
            result = work.run();
        } catch (RuntimeException failure) {
            RuntimeException meaning = SqlFailures.translate(failure, place);
            if (meaning instanceof StoreUnavailable refusal) {
                place.refused(refusal);
            }
            answer.fail(meaning);
            return;
        }
        answer.complete(result);
    }

    private <T> Future<T> tooLong(Throwable failure) {
        return Future.failedFuture(
                failure instanceof TimeoutException
                        ? new StoreUnavailable("database: no answer to a %s in %s".formatted(name, ANSWER_LIMIT), failure)
                        : failure);
    }

    /** How much waits for its turn. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Lets what was asked finish for at most 10 s, then breaks it off. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private interface Work<T> {
        T run();
    }
}
