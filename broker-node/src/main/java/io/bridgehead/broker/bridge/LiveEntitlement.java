package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.account.SubscriptionRegistry;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CloseReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes account changes felt by the sessions that run on this node: a ban, a removal or an expiry ends them. Any
 * thread; telling the same change twice does no harm.
 */
public final class LiveEntitlement {

    private final LocalSessions sessions;
    private final SubscriptionRegistry subscriptions;
    private final Function<String, Duration> graceOfPlan;
    private final InstantSource clock;

    public LiveEntitlement(
            LocalSessions sessions,
            SubscriptionRegistry subscriptions,
            Function<String, Duration> graceOfPlan,
            InstantSource clock) {
        this.sessions = sessions;
        this.subscriptions = subscriptions;
        this.graceOfPlan = graceOfPlan;
        this.clock = clock;
    }

    /** An account has changed: its running session here ends, or goes on with what it may do now. */
    public void changed(Subscription now) {
        sessions.find(now.id()).stream()
                .filter(row -> row.entitlement().epoch() < now.epoch())
                .forEach(row -> apply(row, now));
    }

    private void apply(LocalSessions.Registered row, Subscription now) {
        Optional<CloseReason> end = reasonToEnd(now);
        if (end.isPresent()) {
            row.session().evict(end.get());
        } else {
            Account account = now.account().orElseThrow();
            sessions.entitled(row.session(), renewed(row.entitlement(), account, now.epoch()));
        }
    }

    /** As {@link #changed}, with what the nodes know of the account now. */
    void recheck(AccountId account) {
        subscriptions.find(account).onSuccess(known -> known.ifPresent(this::changed));
    }

    /** Ends every session whose paid time is over. To be called twice a second. */
    public void sweepExpired() {
        sessions.evictExpired(clock.instant());
    }

    private Optional<CloseReason> reasonToEnd(Subscription now) {
        if (now.account().isEmpty()) {
            return Optional.of(CloseReason.REMOVED);
        }
        Account account = now.account().get();
        if (account.ban().isPresent()) {
            return Optional.of(CloseReason.BANNED);
        }
        boolean expired = end(account).filter(end -> !end.isAfter(clock.instant())).isPresent();
        return expired ? Optional.of(CloseReason.EXPIRED) : Optional.empty();
    }

    private Optional<Instant> end(Account account) {
        return account.expiresAt().map(end -> end.plus(graceOfPlan.apply(account.plan())));
    }

    private Entitlement renewed(Entitlement before, Account account, long epoch) {
        return new Entitlement(
                before.account(),
                account.plan(),
                before.planVersion(),
                epoch,
                end(account),
                account.nickname(),
                account.visible());
    }
}
