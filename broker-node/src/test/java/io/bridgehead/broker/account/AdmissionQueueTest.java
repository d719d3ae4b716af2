package io.bridgehead.broker.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {

    private final AtomicLong now = new AtomicLong();
    private final List<Promise<String>> begun = new ArrayList<>();

    private AdmissionQueue queue(int atATime, int mayWait) {
        return new AdmissionQueue(atATime, mayWait, Duration.ofSeconds(5), now::get);
    }

    private Future<String> take(AdmissionQueue queue) {
        return queue.take(
                () -> {
                    Promise<String> work = Promise.promise();
                    begun.add(work);
                    return work.future();
                },
                () -> "refused");
    }

    @Test
    void noMoreAreUnderWayThanMayBeAndTheOthersFollowInOrder() {
        AdmissionQueue queue = queue(2, 10);
        List<Future<String>> answers = List.of(take(queue), take(queue), take(queue), take(queue));
        assertThat(begun).hasSize(2);
        assertThat(queue.waiting()).isEqualTo(2);
        begun.get(1).complete("second");
        assertThat(begun).hasSize(3);
        begun.get(2).complete("third");
        assertThat(begun).hasSize(4);
        begun.get(0).fail("first");
        begun.get(3).complete("fourth");
        assertThat(answers.get(0).failed()).isTrue();
        assertThat(answers.stream().skip(1).map(Future::result)).containsExactly("second", "third", "fourth");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void whoFindsTheQueueFullIsRefusedAtOnce() {
        AdmissionQueue queue = queue(1, 1);
        take(queue);
        Future<String> waits = take(queue);
        assertThat(take(queue).result()).isEqualTo("refused");
        begun.get(0).complete("first");
        begun.get(1).complete("second");
        assertThat(waits.result()).isEqualTo("second");
        take(queue);
        assertThat(begun).hasSize(3);
    }

    @Test
    void whoHasWaitedTooLongIsRefusedWhenHisTurnComesAndTakesNone() {
        AdmissionQueue queue = queue(1, 10);
        take(queue);
        Future<String> late = take(queue);
        now.set(Duration.ofSeconds(4).toNanos());
        Future<String> inTime = take(queue);
        now.set(Duration.ofSeconds(6).toNanos());
        begun.get(0).complete("first");
        assertThat(late.result()).isEqualTo("refused");
        assertThat(begun).hasSize(2);
        begun.get(1).complete("second");
        assertThat(inTime.result()).isEqualTo("second");
    }

    @Test
    void aLongQueueOfDecisionsThatAreThereAtOnceIsNoDeepStack() {
        AdmissionQueue queue = queue(1, 1_000_000);
        take(queue);
        List<Future<String>> answers = new ArrayList<>();
        for (int n = 0; n < 100_000; n++) {
            answers.add(queue.take(() -> Future.succeededFuture("at once"), () -> "refused"));
        }
        begun.get(0).complete("first");
        assertThat(answers).allMatch(answer -> "at once".equals(answer.result()));
    }
}
