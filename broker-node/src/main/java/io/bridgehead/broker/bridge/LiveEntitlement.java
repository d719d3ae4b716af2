package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountPolicy;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.ChangeListener;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.account.SubscriptionRegistry;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CloseReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes account changes felt by the sessions that run on this node: a ban, a removal, an expiry or another PIN ends
 * them; a new plan, a later end or another nickname counts from then on. Any thread; told the same change twice, it does
 * nothing the second time.
 */
public final class LiveEntitlement implements ChangeListener {

    private static final Logger LOG = LoggerFactory.getLogger(LiveEntitlement.class);

    private final LocalSessions sessions;
    private final SubscriptionRegistry subscriptions;
    private final AccountStore store;
    private final PresenceKeeper keeper;
    private final Supplier<AccountPolicy> policies;
    private final InstantSource clock;

    public LiveEntitlement(
            LocalSessions sessions,
            SubscriptionRegistry subscriptions,
            AccountStore store,
            PresenceKeeper keeper,
            Supplier<AccountPolicy> policies,
            InstantSource clock) {
        this.sessions = sessions;
        this.subscriptions = subscriptions;
        this.store = store;
        this.keeper = keeper;
        this.policies = policies;
        this.clock = clock;
    }

    @Override
    public Future<Void> changed(Subscription now) {
        sessions.find(now.id()).stream()
                .filter(row -> row.entitlement().epoch() < now.epoch())
                .forEach(row -> apply(row, now.account()));
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> missed() {
        List<AccountId> running = sessions.accounts();
        Future<Void> before = Future.succeededFuture();
        for (AccountId account : running) {
            before = before.compose(done -> lookUp(account));
        }
        // rows may have got a lower epoch, from a backup that was restored: all at once, not one by one
        return before.onSuccess(done -> keeper.reassert());
    }

    /** What SQL says counts, whatever epoch was known. */
    private Future<Void> lookUp(AccountId account) {
        return store.find(account).map(found -> {
            sessions.find(account).stream()
                    // a temporary account of the open mode has no row, and no epoch
                    .filter(row -> row.entitlement().epoch() > 0 || found.isPresent())
                    .forEach(row -> apply(row, found));
            return null;
        });
    }

    private void apply(LocalSessions.Registered row, Optional<Account> now) {
        Optional<Entitlement> renewed = now.filter(account -> account.ban().isEmpty())
                .map(account -> policies.get().entitlement(account));
        if (now.isEmpty()) {
            row.session().evict(CloseReason.REMOVED);
        } else if (renewed.isEmpty()) {
            row.session().evict(CloseReason.BANNED);
        } else if (isOver(renewed.get())) {
            row.session().evict(CloseReason.EXPIRED);
        } else if (hasAnotherPin(renewed.get(), row.entitlement())) {
            row.session().evict(CloseReason.PIN_CHANGED);
        } else {
            sessions.entitled(row.session(), renewed.get()).ifPresent(renamed -> tellName(row, renamed));
        }
    }

    /** A PIN that was taken away ends nobody: without one everybody with this id gets in. */
    private static boolean hasAnotherPin(Entitlement now, Entitlement before) {
        return now.pin().isPresent() && !now.pin().equals(before.pin());
    }

    private void tellName(LocalSessions.Registered before, LocalSessions.Registered now) {
        now.row().filter(row -> before.row().stream().noneMatch(old -> old.displayName().equals(row.displayName())))
                .ifPresent(row -> {
                    now.session().renamed(row.displayName());
                    keeper.changed(row);
                });
    }

    /**
     * As {@link #changed}, with what the nodes know of the account now; SQL is asked when they do not answer. When that
     * does not either, the change feed makes up for it.
     */
    void recheck(AccountId account) {
        subscriptions.find(account)
                .onSuccess(known -> known.ifPresent(this::changed))
                .onFailure(silence -> lookUp(account).onFailure(failure ->
                        LOG.atDebug().addKeyValue("account", account).log("not looked up again: {}", failure.toString())));
    }

    /** Ends every session whose paid time is over. To be called twice a second. */
    public void sweepExpired() {
        sessions.evictExpired(clock.instant());
    }

    private boolean isOver(Entitlement entitlement) {
        Instant now = clock.instant();
        return entitlement.expiresAt().filter(end -> !end.isAfter(now)).isPresent();
    }
}
