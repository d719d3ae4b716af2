package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The registry of a node that is no cluster. Bounded by the listeners' connection limits. Any thread. */
public final class InMemoryPresenceRegistry implements PresenceRegistry {

    private final ConcurrentMap<AccountId, Presence> rows = new ConcurrentHashMap<>();

    @Override
    public Future<Optional<Presence>> claim(Presence row) {
        AtomicReference<Contest> contest = new AtomicReference<>();
        rows.compute(row.account(), (id, before) -> {
            contest.set(Contest.claim(row, Optional.ofNullable(before)));
            return contest.get().standing();
        });
        return Future.succeededFuture(contest.get().loser());
    }

    @Override
    public Future<Reassertion> reassert(Collection<Presence> own) {
        List<Presence> newer = new ArrayList<>();
        for (Presence row : own) {
            Presence standing = rows.compute(
                    row.account(), (id, before) -> Contest.reassert(row, Optional.ofNullable(before)).standing());
            if (!standing.address().equals(row.address())) {
                newer.add(standing);
            }
        }
        return Future.succeededFuture(new Reassertion(newer, 0));
    }

    @Override
    public Future<Boolean> withdraw(AccountId account, SessionId session) {
        boolean[] withdrawn = new boolean[1];
        rows.computeIfPresent(account, (id, row) -> {
            withdrawn[0] = row.address().session().equals(session);
            return withdrawn[0] ? null : row;
        });
        return Future.succeededFuture(withdrawn[0]);
    }

    @Override
    public Future<Boolean> removeIfUnchanged(Presence row) {
        boolean[] removed = new boolean[1];
        rows.computeIfPresent(row.account(), (id, known) -> {
            removed[0] = known.isSameRegistration(row);
            return removed[0] ? null : known;
        });
        return Future.succeededFuture(removed[0]);
    }

    @Override
    public Future<Integer> dropRowsOf(NodeId node, Incarnation incarnation) {
        AtomicInteger dropped = new AtomicInteger();
        rows.values().removeIf(row -> {
            boolean gone = row.address().node().equals(node)
                    && row.address().session().incarnation() == incarnation.number();
            dropped.addAndGet(gone ? 1 : 0);
            return gone;
        });
        return Future.succeededFuture(dropped.get());
    }

    @Override
    public Future<Optional<Presence>> find(AccountId account) {
        return Future.succeededFuture(Optional.ofNullable(rows.get(account)));
    }

    @Override
    public Future<Void> setVisible(AccountId account, SessionId session, boolean visible) {
        rows.computeIfPresent(
                account, (id, row) -> row.address().session().equals(session) ? row.withVisible(visible) : row);
        return Future.succeededFuture();
    }

    @Override
    public Future<List<Presence>> list() {
        return Future.succeededFuture(List.copyOf(rows.values()));
    }

    @Override
    public int count() {
        return rows.size();
    }
}
