package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRow;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The signalling servers of a cluster: the map {@code servers}, each row kept twice. Every change is one step where the
 * row lives; no call blocks or waits longer than 2 s. On both sides of a partition reading and writing go on; the
 * keepers settle it afterwards, when they keep their rows. A minority that has no row cannot say that there is none. Any thread. Built off the event loops, after the node has
 * joined.
 */
public final class HazelcastServerRegistry implements ServerRegistry {

    private final SharedMap<ServerRow> servers;
    private final SharedMap<String> uses;
    private final BooleanSupplier majority;

    /** @param hazelcast configured with {@link RegistryMaps#addTo} */
    public HazelcastServerRegistry(HazelcastInstance hazelcast) {
        servers = new SharedMap<>(hazelcast.getMap(RegistryMaps.SERVERS));
        uses = new SharedMap<>(hazelcast.getMap(RegistryMaps.USES));
        majority = RegistryMaps.majority(hazelcast);
        SessionAddress nobody = new SessionAddress(new NodeId("rehearsal"), new SessionId(0, 0));
        ServerRow row = new ServerRow(
                "rehearsal", nobody, Optional.of(""), List.of(new ServerRow.Peer("rehearsal", "", false, "")));
        Rehearsal.of(
                hazelcast,
                RegistryMaps.SERVERS,
                row,
                new ServerSteps.Open(row),
                new ServerSteps.TakeOver(nobody, nobody),
                new ServerSteps.Keep(row),
                new ServerSteps.Close(nobody),
                new ServerSteps.FirstUse("", 1));
    }

    @Override
    public Future<Boolean> open(ServerRow row) {
        return servers.submit("opening", row.token(), new ServerSteps.Open(row));
    }

    @Override
    public Future<Optional<ServerRow>> find(String token) {
        return servers.get(token).compose(row -> known("find", row));
    }

    private Future<Optional<ServerRow>> known(String question, ServerRow row) {
        return row == null && !majority.getAsBoolean()
                ? servers.tooFewNodes(question)
                : Future.succeededFuture(Optional.ofNullable(row));
    }

    @Override
    public Future<Optional<ServerRow>> takeOver(String token, SessionAddress gone, SessionAddress now) {
        return servers.submit("take-over", token, new ServerSteps.TakeOver(gone, now))
                .compose(row -> known("take-over", row));
    }

    @Override
    public Future<Boolean> keep(ServerRow row) {
        return servers.submit("keeping", row.token(), new ServerSteps.Keep(row));
    }

    @Override
    public Future<Boolean> close(String token, SessionAddress keeper) {
        return servers.submit("closing", token, new ServerSteps.Close(keeper));
    }

    @Override
    public Future<Boolean> firstUse(String key, Duration time) {
        return uses.submit(
                "first use", key, new ServerSteps.FirstUse(UUID.randomUUID().toString(), Math.max(1, time.toMillis())));
    }
}
