package io.bridgehead.broker.account;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link SubscriptionRegistry} does. */
public abstract class SubscriptionRegistryContract {

    protected static final AccountId ANN = AccountId.require("ann", "example.org");
    protected static final AccountId BOB = AccountId.require("bob", "example.org");

    /** An empty registry of this kind, the same one throughout a test. */
    protected abstract SubscriptionRegistry registry();

    @Test
    void whatWasNeverOfferedIsNotKnown() {
        assertThat(await(registry().find(ANN))).isEmpty();
        assertThat(await(registry().comparePin(ANN, 0, hash("x")))).isEqualTo(PinMemory.NOTHING);
    }

    @Test
    void whatWasOfferedIsFound() {
        Subscription row = row(ANN, 3);
        assertThat(await(registry().offer(row))).isEqualTo(row);
        assertThat(await(registry().find(ANN))).contains(row);
        assertThat(await(registry().find(BOB))).isEmpty();
    }

    @Test
    void theNewestEpochWins() {
        await(registry().offer(row(ANN, 3)));
        assertThat(await(registry().offer(row(ANN, 2)))).isEqualTo(row(ANN, 3));
        assertThat(await(registry().find(ANN))).contains(row(ANN, 3));
        assertThat(await(registry().offer(row(ANN, 4)))).isEqualTo(row(ANN, 4));
        assertThat(await(registry().find(ANN))).contains(row(ANN, 4));
    }

    @Test
    void aRemovalIsAStateLikeAnyOther() {
        Subscription removed = new Subscription(ANN, 4, Optional.empty());
        await(registry().offer(row(ANN, 3)));
        await(registry().offer(removed));
        assertThat(await(registry().offer(row(ANN, 3)))).isEqualTo(removed);
        assertThat(await(registry().find(ANN))).contains(removed);
        assertThat(await(registry().offer(row(ANN, 5)))).isEqualTo(row(ANN, 5));
    }

    @Test
    void ofOffersInAnyOrderTheNewestStays() {
        List<Long> epochs = LongStream.rangeClosed(1, 200).boxed().collect(Collectors.toList());
        Collections.shuffle(epochs, new Random(1));
        epochs.parallelStream().forEach(epoch -> await(registry().offer(row(ANN, epoch))));
        assertThat(await(registry().find(ANN)).orElseThrow().epoch()).isEqualTo(200);
    }

    @Test
    void aPinIsRememberedForItsAccountAndEpochOnly() {
        await(registry().offer(row(ANN, 3)));
        await(registry().rememberPin(ANN, 3, hash("right")));
        assertThat(await(registry().comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.SAME);
        assertThat(await(registry().comparePin(ANN, 3, hash("wrong")))).isEqualTo(PinMemory.DIFFERENT);
        assertThat(await(registry().comparePin(ANN, 4, hash("right")))).isEqualTo(PinMemory.NOTHING);
        assertThat(await(registry().comparePin(ANN, 2, hash("right")))).isEqualTo(PinMemory.NOTHING);
        assertThat(await(registry().comparePin(BOB, 3, hash("right")))).isEqualTo(PinMemory.NOTHING);
    }

    @Test
    void anOlderEpochDoesNotPushOutANewerPin() {
        await(registry().offer(row(ANN, 4)));
        await(registry().rememberPin(ANN, 4, hash("new")));
        await(registry().rememberPin(ANN, 3, hash("old")));
        assertThat(await(registry().comparePin(ANN, 4, hash("new")))).isEqualTo(PinMemory.SAME);
    }

    @Test
    void whatWasForgottenIsAsIfNeverOffered() {
        await(registry().offer(row(ANN, 4)));
        await(registry().rememberPin(ANN, 4, hash("right")));
        await(registry().offer(new Subscription(BOB, 9, Optional.empty())));
        await(registry().forgetAll());
        assertThat(await(registry().find(ANN))).isEmpty();
        assertThat(await(registry().comparePin(ANN, 4, hash("right")))).isEqualTo(PinMemory.NOTHING);
        assertThat(await(registry().offer(row(ANN, 3)))).isEqualTo(row(ANN, 3));
        assertThat(await(registry().offer(row(BOB, 8)))).isEqualTo(row(BOB, 8));
    }

    protected static byte[] hash(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static Subscription row(AccountId id, long epoch) {
        Account account = new Account(
                id,
                Optional.empty(),
                Optional.empty(),
                "standard",
                Optional.empty(),
                Optional.empty(),
                true,
                epoch,
                Instant.EPOCH);
        return new Subscription(id, epoch, Optional.of(account));
    }
}
