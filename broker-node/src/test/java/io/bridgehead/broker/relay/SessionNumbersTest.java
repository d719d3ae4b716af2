package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.presence.InMemoryServerRegistry;
import java.util.HashSet;
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
}
