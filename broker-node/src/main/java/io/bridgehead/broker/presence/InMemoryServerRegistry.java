package io.bridgehead.broker.presence;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.bridgehead.broker.model.SessionAddress;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The registry of a node that is no cluster: its keepers are in the same process, so no lease runs. Any thread. */
public final class InMemoryServerRegistry implements ServerRegistry {

    /** The soonest over go first. */
    private static final int MAX_USES = 1_000_000;

    private final ConcurrentMap<String, ServerRow> rows = new ConcurrentHashMap<>();
    private final Cache<String, Duration> uses = Caffeine.newBuilder()
            .maximumSize(MAX_USES)
            .expireAfter(Expiry.<String, Duration>creating((key, time) -> time))
            .build();

    @Override
    public Future<Boolean> open(ServerRow row) {
        return Future.succeededFuture(rows.putIfAbsent(row.token(), row) == null);
    }

    @Override
    public Future<Optional<ServerRow>> find(String token) {
        return Future.succeededFuture(Optional.ofNullable(rows.get(token)));
    }

    @Override
    public Future<Optional<ServerRow>> takeOver(String token, SessionAddress gone, SessionAddress now) {
        return Future.succeededFuture(Optional.ofNullable(rows.computeIfPresent(
                token, (key, row) -> row.keeper().equals(gone) ? row.keptBy(now) : row)));
    }

    @Override
    public Future<Boolean> keep(ServerRow row) {
        ServerRow standing = rows.compute(
                row.token(), (key, before) -> before == null || before.keeper().equals(row.keeper()) ? row : before);
        return Future.succeededFuture(standing == row);
    }

    @Override
    public Future<Boolean> close(String token, SessionAddress keeper) {
        AtomicBoolean own = new AtomicBoolean();
        rows.computeIfPresent(token, (key, row) -> {
            own.set(row.keeper().equals(keeper));
            return own.get() ? null : row;
        });
        return Future.succeededFuture(own.get());
    }

    @Override
    public Future<Boolean> firstUse(String key, Duration time) {
        return Future.succeededFuture(uses.asMap().putIfAbsent(key, time) == null);
    }
}
