package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.InMemoryServerRegistry;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRow;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionNumbersTest {

    private final InMemoryServerRegistry registry = new InMemoryServerRegistry();

    private SessionNumbers numbers(int... blocks) {
        AtomicInteger at = new AtomicInteger();
        SessionNumbers numbers = new SessionNumbers(registry, bound -> blocks[at.getAndIncrement() % blocks.length]);
        numbers.start();
        return numbers;
    }

    @Test
    void twoNodesNeverGiveTheSameNumber() {
        SessionNumbers one = numbers(3);
        SessionNumbers two = numbers(3, 4);
        Set<Integer> given = new HashSet<>();
        for (int n = 0; n < SessionNumbers.BLOCK; n++) {
            assertThat(given.add(one.take().orElseThrow())).isTrue();
            assertThat(given.add(two.take().orElseThrow())).isTrue();
        }
        assertThat(one.take()).isEmpty();
        assertThat(given).allMatch(number -> number > 0);

        one.giveBack(3 * SessionNumbers.BLOCK + 7);
        assertThat(one.take()).contains(3 * SessionNumbers.BLOCK + 7);
    }

    @Test
    void aNumberComesBackAfterAllOthers() {
        SessionNumbers numbers = numbers(0);
        int first = numbers.take().orElseThrow();
        assertThat(first).isEqualTo(1);
        numbers.giveBack(first);
        for (int n = 2; n < SessionNumbers.BLOCK; n++) {
            assertThat(numbers.take()).contains(n);
        }
        assertThat(numbers.take()).contains(first);
    }

    @Test
    void theLastBlockEndsAtTheLargestNumber() {
        SessionNumbers numbers = numbers((1 << 15) - 1);
        for (int n = 1; n < SessionNumbers.BLOCK; n++) {
            numbers.take();
        }
        assertThat(numbers.take()).contains(Integer.MAX_VALUE);
    }

    @Test
    void withoutAFreeBlockTheStartFails() {
        numbers(5);
        assertThat(new SessionNumbers(registry, bound -> 5).start().failed()).isTrue();
    }

    /** As while a node joins: rows change their places, and some questions stay without an answer. */
    @Test
    void aRegistryThatDoesNotAnswerIsAskedAgain() {
        AtomicInteger silent = new AtomicInteger(4);
        ServerRegistry slow = new OftenSilent(registry, silent);
        assertThat(new SessionNumbers(slow, bound -> 5).start().succeeded()).isTrue();
        silent.set(5);
        assertThat(new SessionNumbers(slow, bound -> 6).start().cause()).hasMessage("no answer");
    }

    private record OftenSilent(ServerRegistry registry, AtomicInteger silent) implements ServerRegistry {

        @Override
        public Future<Boolean> firstUse(String key, Duration time) {
            return silent.getAndDecrement() > 0 ? Future.failedFuture("no answer") : registry.firstUse(key, time);
        }

        @Override
        public Future<Boolean> open(ServerRow row) {
            return registry.open(row);
        }

        @Override
        public Future<Optional<ServerRow>> find(String token) {
            return registry.find(token);
        }

        @Override
        public Future<Optional<ServerRow>> takeOver(String token, SessionAddress gone, SessionAddress now) {
            return registry.takeOver(token, gone, now);
        }

        @Override
        public Future<Boolean> keep(ServerRow row) {
            return registry.keep(row);
        }

        @Override
        public Future<Boolean> close(String token, SessionAddress keeper) {
            return registry.close(token, keeper);
        }
    }
}
