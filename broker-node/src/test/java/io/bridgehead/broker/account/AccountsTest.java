package io.bridgehead.broker.account;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccountsTest {

    private static final AccountId ANN = AccountId.require("ann", "example.org");
    private static final AccountPatch NOTHING =
            new AccountPatch(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private final MovableClock clock = new MovableClock();
    private final InMemoryAccountStore store = new InMemoryAccountStore("example.org", clock);
    private final SubscriptionRegistry registry = new InMemorySubscriptionRegistry(100, clock::nanoTime);
    private final RecordingListener listener = new RecordingListener();
    private final PinHasher hasher = new PinHasher(
            new PinHasher.Cost(8, 1, 1),
            Optional.empty(),
            1,
            10,
            new SecureRandom(),
            new RetryHint(Duration.ofSeconds(1), () -> 0.5));
    private final AccountPolicy policy = new AccountPolicy(
            AccountPolicy.Mode.SUBSCRIPTION,
            false,
            "example.org",
            "standard",
            Map.of(
                    "standard", new AccountPolicy.Plan(1, Duration.ZERO),
                    "gold", new AccountPolicy.Plan(1, Duration.ZERO)));
    private final Accounts accounts = new Accounts(() -> policy, store, registry, hasher, listener);

    @AfterEach
    void close() {
        hasher.close();
    }

    @Test
    void whatIsCreatedIsKnownAndToldBeforeTheAnswer() {
        Account ann = await(accounts.create(new NewAccount(
                ANN, Optional.of("1234"), Optional.of(new Nickname("Queen")), Optional.empty(), Optional.empty())));

        Subscription state = new Subscription(ANN, 1, Optional.of(ann));
        assertThat(ann.plan()).isEqualTo("standard");
        assertThat(ann.pinHash().orElseThrow()).startsWith("$argon2id$");
        assertThat(await(accounts.find(ANN))).contains(ann);
        assertThat(await(registry.find(ANN))).contains(state);
        assertThat(listener.told).containsExactly(state);
    }

    @Test
    void everyChangeIsSpread() {
        create();
        assertThat(await(accounts.ban(ANN, new BanReason("spam"))).orElseThrow().ban()).isPresent();
        assertThat(await(accounts.unban(ANN)).orElseThrow().ban()).isEmpty();
        assertThat(await(accounts.setVisible(ANN, false)).orElseThrow().visible()).isFalse();
        Account patched = await(accounts.patch(
                        ANN,
                        new AccountPatch(
                                Optional.of(Optional.of(new Nickname("Queen"))),
                                Optional.of(Optional.of("1234")),
                                Optional.of("gold"),
                                Optional.of(Optional.of(Instant.EPOCH)))))
                .orElseThrow();
        assertThat(patched.pinHash()).isPresent();
        assertThat(patched.plan()).isEqualTo("gold");
        assertThat(await(accounts.resolve(AccountId.require("queen", "example.org")))).contains(ANN);
        assertThat(await(accounts.remove(ANN))).isTrue();

        assertThat(listener.told).extracting(Subscription::epoch).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(await(registry.find(ANN))).contains(new Subscription(ANN, 6, Optional.empty()));
    }

    @Test
    void aPinCanBeTakenAway() {
        await(accounts.create(
                new NewAccount(ANN, Optional.of("1234"), Optional.empty(), Optional.empty(), Optional.empty())));
        AccountPatch away = new AccountPatch(
                Optional.empty(), Optional.of(Optional.empty()), Optional.empty(), Optional.empty());
        assertThat(await(accounts.patch(ANN, away)).orElseThrow().pinHash()).isEmpty();
    }

    @Test
    void nobodyIsToldOfWhatDidNotHappen() {
        assertThat(await(accounts.ban(ANN, new BanReason("spam")))).isEmpty();
        assertThat(await(accounts.remove(ANN))).isFalse();
        create();
        assertThat(await(accounts.patch(ANN, NOTHING)).orElseThrow().epoch()).isEqualTo(1);
        assertThatThrownBy(this::create).isInstanceOf(AccountConflict.class);
        store.down(true);
        assertThatThrownBy(() -> await(accounts.unban(ANN))).isInstanceOf(StoreUnavailable.class);
        assertThat(listener.told).hasSize(1);
    }

    @Test
    void refusedValuesAreNamedAndChangeNothing() {
        create();
        assertRefused(patch(Optional.of("platinum"), Optional.empty(), Optional.empty()), "plan: platinum", "gold, standard");
        assertRefused(patch(Optional.empty(), Optional.of("1;2"), Optional.empty()), "pin has a forbidden", "';'");
        assertRefused(patch(Optional.empty(), Optional.of("9".repeat(65)), Optional.empty()), "pin has 65 bytes", "1..64");
        assertRefused(patch(Optional.empty(), Optional.empty(), Optional.of(Instant.MAX)), "expiresAt: ", "9999-12-31");
        assertThatThrownBy(() -> await(accounts.create(new NewAccount(
                        ANN, Optional.empty(), Optional.empty(), Optional.of("platinum"), Optional.empty()))))
                .isInstanceOf(AccountRefused.class);
        assertThat(await(accounts.find(ANN)).orElseThrow().epoch()).isEqualTo(1);
    }

    @Test
    void aChangeIsMadeEvenIfNobodyCanBeToldNow() {
        Accounts lonely = new Accounts(() -> policy, store, new SilentRegistry(), hasher, listener);
        listener.failures.set(1);
        Account made = await(lonely.create(
                new NewAccount(ANN, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())));
        assertThat(await(accounts.find(ANN))).contains(made);
    }

    private void assertRefused(AccountPatch patch, String what, String expected) {
        assertThatThrownBy(() -> await(accounts.patch(ANN, patch)))
                .isInstanceOf(AccountRefused.class)
                .hasMessageContaining(what)
                .hasMessageContaining(expected);
    }

    private static AccountPatch patch(Optional<String> plan, Optional<String> pin, Optional<Instant> expiresAt) {
        return new AccountPatch(Optional.empty(), pin.map(Optional::of), plan, expiresAt.map(Optional::of));
    }

    private void create() {
        await(accounts.create(
                new NewAccount(ANN, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())));
    }
}
