package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of accounts, as the admin API asks for them. Any thread; futures complete on any thread.
 *
 * <p>A change goes to SQL first, then into the registry, then to the {@link ChangeListener}; only then the future
 * completes. Once SQL has it, it is made: when the steps behind fail, the change feed makes up for them within 2 s.
 *
 * <p>Futures fail with {@link AccountRefused} (a value is not allowed), {@link AccountConflict} (a name is taken),
 * {@link StoreUnavailable} or {@link HashingBusy} (nothing was changed: try again).
 */
public final class Accounts {

    /** An administrator waits no longer for enforcement on live sessions; the feed catches up. */
    private static final Duration ENFORCEMENT_LIMIT = Duration.ofSeconds(5);

    /** RFC 3339 ends here. */
    private static final Instant LATEST_EXPIRY = Instant.parse("9999-12-31T23:59:59Z");

    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

    private final Supplier<AccountPolicy> policies;
    private final AccountStore store;
    private final SubscriptionRegistry registry;
    private final PinHasher hasher;
    private final ChangeListener listener;

    public Accounts(
            Supplier<AccountPolicy> policies,
            AccountStore store,
            SubscriptionRegistry registry,
            PinHasher hasher,
            ChangeListener listener) {
        this.policies = policies;
        this.store = store;
        this.registry = registry;
        this.hasher = hasher;
        this.listener = listener;
    }

    public Future<Account> create(NewAccount wanted) {
        if (wanted.id().isReserved()) {
            return Future.failedFuture(new AccountRefused(
                    "id: " + wanted.id() + " (expected: another domain than " + AccountId.REQUESTS + ")"));
        }
        String plan = wanted.plan().orElse(policies.get().defaultPlan());
        Optional<AccountRefused> refusal = refusal(Optional.of(plan), wanted.pin(), wanted.expiresAt());
        if (refusal.isPresent()) {
            return Future.failedFuture(refusal.get());
        }
        return hashed(wanted.pin())
                .compose(hash -> store.create(
                        new AccountDraft(wanted.id(), hash, wanted.nickname(), plan, wanted.expiresAt())))
                .compose(account -> spread(now(account)).map(account));
    }

    public Future<Optional<Account>> find(AccountId id) {
        return store.find(id);
    }

    /** Empty when there is no such account. */
    public Future<Optional<Account>> patch(AccountId id, AccountPatch patch) {
        Optional<AccountRefused> refusal =
                refusal(patch.plan(), patch.pin().flatMap(pin -> pin), patch.expiresAt().flatMap(end -> end));
        if (refusal.isPresent()) {
            return Future.failedFuture(refusal.get());
        }
        if (patch.isEmpty()) {
            return store.find(id);
        }
        Future<Optional<Optional<String>>> pinHash = patch.pin().isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : hashed(patch.pin().get()).map(Optional::of);
        return pinHash.compose(
                hash -> change(id, new AccountChange.Patch(patch.nickname(), hash, patch.plan(), patch.expiresAt())));
    }

    /** Empty when there is no such account. */
    public Future<Optional<Account>> ban(AccountId id, BanReason reason) {
        return change(id, new AccountChange.Ban(reason));
    }

    /** Empty when there is no such account. */
    public Future<Optional<Account>> unban(AccountId id) {
        return change(id, new AccountChange.Unban());
    }

    /** Whether {@code ;users} lists it; empty when there is no such account. */
    public Future<Optional<Account>> setVisible(AccountId id, boolean visible) {
        return change(id, new AccountChange.SetVisible(visible));
    }

    /** Whether it was there. */
    public Future<Boolean> remove(AccountId id) {
        return store.remove(id).compose(removed -> removed.isPresent()
                ? spread(removed.get()).map(true)
                : Future.succeededFuture(false));
    }

    /** See {@link AccountStore#list}. */
    public Future<AccountStore.Page> list(String query, Optional<String> cursor, int limit) {
        return store.list(query, cursor, limit);
    }

    /** The account that goes by this id or nickname. */
    public Future<Optional<AccountId>> resolve(AccountId idOrAlias) {
        return store.resolve(idOrAlias);
    }

    private Future<Optional<Account>> change(AccountId id, AccountChange change) {
        return store.update(id, change).compose(changed -> changed.isPresent()
                ? spread(now(changed.get())).map(changed)
                : Future.succeededFuture(changed));
    }

    private static Subscription now(Account account) {
        return new Subscription(account.id(), account.epoch(), Optional.of(account));
    }

    private Future<Void> spread(Subscription state) {
        return behind(registry.offer(state).mapEmpty(), "registry", state)
                .compose(offered -> behind(listener.changed(state), "enforcement", state));
    }

    private static Future<Void> behind(Future<Void> step, String name, Subscription state) {
        return step.timeout(ENFORCEMENT_LIMIT.toMillis(), TimeUnit.MILLISECONDS).recover(failure -> {
            LOG.atWarn()
                    .addKeyValue("account", state.id())
                    .log("{} of epoch {} is late, the change feed makes up for it: {}", name, state.epoch(), failure.toString());
            return Future.succeededFuture();
        });
    }

    private Future<Optional<String>> hashed(Optional<String> pin) {
        return pin.flatMap(Pin::parse)
                .map(given -> hasher.hash(given).map(Optional::of))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    private Optional<AccountRefused> refusal(Optional<String> plan, Optional<String> pin, Optional<Instant> expiresAt) {
        AccountPolicy policy = policies.get();
        if (plan.isPresent() && !policy.plans().containsKey(plan.get())) {
            return Optional.of(new AccountRefused("plan: %s (expected: one of %s)"
                    .formatted(plan.get(), new TreeSet<>(policy.plans().keySet()))));
        }
        if (expiresAt.isPresent() && (expiresAt.get().isAfter(LATEST_EXPIRY) || expiresAt.get().isBefore(Instant.EPOCH))) {
            return Optional.of(new AccountRefused(
                    "expiresAt: %s (expected: %s..%s)".formatted(expiresAt.get(), Instant.EPOCH, LATEST_EXPIRY)));
        }
        return pin.flatMap(Pin::problemIn).map(problem -> new AccountRefused("pin " + problem));
    }
}
