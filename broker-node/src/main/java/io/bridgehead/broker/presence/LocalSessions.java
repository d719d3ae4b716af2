package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CloseReason;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The sessions of this node: the one shared mutable map of a node. Bounded by the listeners' connection limits. Any
 * thread.
 */
public final class LocalSessions {

    /**
     * A registered session, what its account may do, and its row in the presence registry, if it has one.
     *
     * @param written the id as its owner wrote it: the display name of an account without nickname
     */
    public record Registered(
            LocalSession session, Entitlement entitlement, Optional<Presence> row, String written) {

        private Registered with(Entitlement now) {
            String display = now.nickname().map(Nickname::text).orElse(written);
            return new Registered(session, now, row.map(before -> before.with(now, display)), written);
        }
    }

    private final ConcurrentMap<SessionId, LocalSession> connected = new ConcurrentHashMap<>();
    /** An account may have several sessions: for a moment while the newest takes over, and in several rooms. */
    private final ConcurrentMap<AccountId, List<Registered>> registered = new ConcurrentHashMap<>();

    /** Nobody's paid time is over before this. Lowered behind every row that is put in, raised by the looks only. */
    private final AtomicReference<Instant> earliestEnd = new AtomicReference<>(Instant.MAX);

    public void connected(LocalSession session) {
        connected.put(session.id(), session);
    }

    public void disconnected(LocalSession session) {
        connected.remove(session.id());
    }

    /** Notes whose session this is now, what it was admitted with, and how its owner wrote its id. */
    public void registered(LocalSession session, Entitlement entitlement, Presence row, String written) {
        admitted(session, entitlement, Optional.of(row), written);
    }

    /** As {@link #registered}, for a session that others do not find by its account. */
    public void admitted(LocalSession session, Entitlement entitlement) {
        admitted(session, entitlement, Optional.empty(), entitlement.account().text());
    }

    private void admitted(
            LocalSession session, Entitlement entitlement, Optional<Presence> row, String written) {
        registered.merge(
                entitlement.account(),
                List.of(new Registered(session, entitlement, row, written)),
                (rows, added) -> Stream.concat(others(rows, session), added.stream()).toList());
        endsAt(entitlement);
    }

    /**
     * Notes what the running session may do from now on; answers how it stands then, empty when it is not
     * registered any more.
     */
    public Optional<Registered> entitled(LocalSession session, Entitlement entitlement) {
        List<Registered> now = registered.computeIfPresent(entitlement.account(), (id, rows) -> rows.stream()
                .map(row -> row.session() == session ? row.with(entitlement) : row)
                .toList());
        endsAt(entitlement);
        return Optional.ofNullable(now).stream()
                .flatMap(List::stream)
                .filter(row -> row.session() == session)
                .findFirst();
    }

    /** Forgets that the session is this account's. */
    public void unregistered(AccountId account, LocalSession session) {
        registered.computeIfPresent(account, (id, rows) -> {
            List<Registered> left = others(rows, session).toList();
            return left.isEmpty() ? null : left;
        });
    }

    private static Stream<Registered> others(List<Registered> rows, LocalSession session) {
        return rows.stream().filter(row -> row.session() != session);
    }

    public Optional<LocalSession> find(SessionId id) {
        return Optional.ofNullable(connected.get(id));
    }

    /** The account's registered sessions on this node. */
    public List<Registered> find(AccountId account) {
        return registered.getOrDefault(account, List.of());
    }

    /** The accounts that have a registered session on this node. */
    public List<AccountId> accounts() {
        return List.copyOf(registered.keySet());
    }

    /** The rows that the presence registry should have of this node. */
    public List<Presence> rows() {
        return registered.values().stream()
                .flatMap(List::stream)
                .map(Registered::row)
                .flatMap(Optional::stream)
                .toList();
    }

    public Collection<LocalSession> all() {
        return connected.values();
    }

    /**
     * Ends every session whose paid time is over at {@code now}; answers how many. Nobody is looked at before the
     * earliest end: this is asked twice a second, and nearly always nobody's time is over.
     */
    public int evictExpired(Instant now) {
        if (earliestEnd.get().isAfter(now)) {
            return 0;
        }
        // first: whoever is put in while we look lowers it again
        earliestEnd.set(Instant.MAX);
        List<Registered> all = registered.values().stream().flatMap(List::stream).toList();
        all.forEach(row -> endsAt(row.entitlement()));
        List<Registered> over = all.stream()
                .filter(row -> row.entitlement().expiresAt().filter(end -> !end.isAfter(now)).isPresent())
                .toList();
        over.forEach(row -> row.session().evict(CloseReason.EXPIRED));
        return over.size();
    }

    private void endsAt(Entitlement entitlement) {
        entitlement.expiresAt().ifPresent(end -> earliestEnd.accumulateAndGet(end, (a, b) -> a.isBefore(b) ? a : b));
    }

    public int connectedCount() {
        return connected.size();
    }

    public int registeredCount() {
        return registered.size();
    }
}
