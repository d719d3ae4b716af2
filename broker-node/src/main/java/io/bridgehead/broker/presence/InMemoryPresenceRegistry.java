package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The registry of a node that is no cluster. Bounded by the listeners' connection limits. Any thread. */
public final class InMemoryPresenceRegistry implements PresenceRegistry {

    private final ConcurrentMap<AccountId, Presence> rows = new ConcurrentHashMap<>();

    @Override
    public Future<Optional<Presence>> claim(Presence row) {
        Presence before = rows.put(row.account(), row);
        boolean alreadyMine = before != null && before.address().equals(row.address());
        return Future.succeededFuture(alreadyMine ? Optional.empty() : Optional.ofNullable(before));
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
        return withdraw(row.account(), row.address().session());
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
