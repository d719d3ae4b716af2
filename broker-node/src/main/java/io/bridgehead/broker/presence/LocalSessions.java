package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CloseReason;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The sessions of this node: the one shared mutable map of a node. Bounded by the listeners' connection limits. Any
 * thread.
 */
public final class LocalSessions {

    /** A registered session and what it was admitted with. */
    public record Registered(LocalSession session, Entitlement entitlement) {}

    private final ConcurrentMap<SessionId, LocalSession> connected = new ConcurrentHashMap<>();
    private final ConcurrentMap<AccountId, Registered> registered = new ConcurrentHashMap<>();

    public void connected(LocalSession session) {
        connected.put(session.id(), session);
    }

    public void disconnected(LocalSession session) {
        connected.remove(session.id());
    }

    /** Notes whose session this is now; answers another session of the same account on this node, which lost. */
    public Optional<LocalSession> registered(LocalSession session, Entitlement entitlement) {
        Registered before = registered.put(entitlement.account(), new Registered(session, entitlement));
        return Optional.ofNullable(before).map(Registered::session).filter(other -> other != session);
    }

    /** Forgets the account's session if it is still this one. */
    public void unregistered(AccountId account, LocalSession session) {
        registered.computeIfPresent(account, (id, row) -> row.session() == session ? null : row);
    }

    public Optional<LocalSession> find(SessionId id) {
        return Optional.ofNullable(connected.get(id));
    }

    /** The account's registered session on this node. */
    public Optional<Registered> find(AccountId account) {
        return Optional.ofNullable(registered.get(account));
    }

    public Collection<LocalSession> all() {
        return connected.values();
    }

    /** Ends every session whose paid time is over at {@code now}; answers how many. */
    public int evictExpired(Instant now) {
        List<Registered> over = registered.values().stream()
                .filter(row -> row.entitlement().expiresAt().filter(end -> !end.isAfter(now)).isPresent())
                .toList();
        over.forEach(row -> row.session().evict(CloseReason.EXPIRED));
        return over.size();
    }

    public int connectedCount() {
        return connected.size();
    }

    public int registeredCount() {
        return registered.size();
    }
}
