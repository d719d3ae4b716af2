package io.bridgehead.broker.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A map of the cluster, asked without blocking. Any thread; the futures fail with {@link RegistryUnavailable} and
 * nothing else.
 */
final class SharedMap<V> {

    /** Whoever is slower is not there: a hung node is noticed only after 8 s. */
    static final Duration LIMIT = Duration.ofSeconds(2);

    private final IMap<String, V> map;

    SharedMap(IMap<String, V> map) {
        this.map = map;
    }

    /** The row, or null. */
    Future<V> get(String key) {
        return inTime("find", answer("find", () -> map.getAsync(key)));
    }

    /** What {@code step} answers, in time. */
    <R> Future<R> submit(String question, String key, EntryProcessor<String, V, R> step) {
        return inTime(question, submitOpenEnded(question, key, step));
    }

    /** What {@code step} answers, however late: a call that nobody waits for any more may still come through. */
    <R> Future<R> submitOpenEnded(String question, String key, EntryProcessor<String, V, R> step) {
        return answer(question, () -> map.submitToKey(key, step));
    }

    <R> Future<R> inTime(String question, Future<R> answer) {
        return inTime(question, answer, LIMIT);
    }

    <R> Future<R> inTime(String question, Future<R> answer, Duration limit) {
        return answer.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? unavailable("no answer to %s in %s".formatted(question, limit), failure)
                                : failure));
    }

    /** What a look through the whole map answers, in time. */
    <R> Future<R> scanned(String question, Future<R> scan, Duration limit) {
        return inTime(question, scan.recover(failure -> Future.failedFuture(refused(question, failure))), limit);
    }

    private <R> Future<R> answer(String question, Supplier<CompletionStage<R>> ask) {
        Promise<R> answer = Promise.promise();
        try {
            ask.get().whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                } else {
                    answer.fail(refused(question, failure));
                }
            });
        } catch (RuntimeException failure) {
            answer.fail(refused(question, failure));
        }
        return answer.future();
    }

    private RegistryUnavailable refused(String question, Throwable failure) {
        return unavailable("%s failed: %s".formatted(question, failure), failure);
    }

    /** What a side of a partition without a majority answers. */
    <R> Future<R> tooFewNodes(String question) {
        return Future.failedFuture(
                unavailable(question + " refused: too few nodes on this side of a partition", null));
    }

    private RegistryUnavailable unavailable(String what, Throwable cause) {
        return new RegistryUnavailable("map %s: %s".formatted(map.getName(), what), cause);
    }
}
