package io.bridgehead.broker.account;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class InMemorySubscriptionRegistryTest extends SubscriptionRegistryContract {

    private static final int MAX_ACCOUNTS = 100;

    private final MovableClock clock = new MovableClock();
    private final SubscriptionRegistry registry = new InMemorySubscriptionRegistry(MAX_ACCOUNTS, clock::nanoTime);

    @Override
    protected SubscriptionRegistry registry() {
        return registry;
    }

    @Test
    void aPinIsForgottenAfterFifteenMinutes() {
        await(registry.rememberPin(ANN, 3, hash("right")));
        clock.pass(Duration.ofMinutes(15).minusNanos(1));
        assertThat(await(registry.comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.SAME);
        clock.pass(Duration.ofNanos(1));
        assertThat(await(registry.comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.NOTHING);
    }

    @Test
    void itForgetsRatherThanGrow() {
        IntStream.range(0, 10 * MAX_ACCOUNTS).forEach(n -> await(registry.offer(row(id(n), 1))));
        Awaitility.await().until(() -> known() <= MAX_ACCOUNTS);
    }

    private long known() {
        return IntStream.range(0, 10 * MAX_ACCOUNTS).filter(n -> await(registry.find(id(n))).isPresent()).count();
    }

    private static AccountId id(int number) {
        return AccountId.require("user" + number, "example.org");
    }
}
