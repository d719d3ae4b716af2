package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.Reassertion;
import io.bridgehead.broker.session.CloseReason;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's rows of the presence registry true: the node's memory is the truth, the registry a copy that may
 * lose rows. Asserts them anew from time to time and whenever the cluster has changed; a session that lost to a newer
 * registration meanwhile ends. Any thread.
 */
public final class PresenceKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceKeeper.class);

    private final PresenceRegistry presence;
    private final LocalSessions sessions;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicBoolean again = new AtomicBoolean();

    public PresenceKeeper(PresenceRegistry presence, LocalSessions sessions) {
        this.presence = presence;
        this.sessions = sessions;
    }

    /** Asserts this node's rows; when it is at it already, once more afterwards. */
    public void reassert() {
        if (!busy.compareAndSet(false, true)) {
            again.set(true);
            return;
        }
        List<Presence> rows = sessions.rows();
        presence.reassert(rows)
                .compose(outcome -> settle(rows, outcome))
                .onFailure(failure -> LOG.warn("presence was not asserted, next time: {}", failure.toString()))
                .onComplete(done -> {
                    busy.set(false);
                    if (again.compareAndSet(true, false)) {
                        reassert();
                    }
                });
    }

    /** Asserts one row of this node anew, because it has changed. What fails is made up for at the next turn. */
    void changed(Presence row) {
        presence.reassert(List.of(row))
                .compose(outcome -> settle(List.of(row), outcome))
                .onFailure(failure -> LOG.atWarn()
                        .addKeyValue("account", row.account())
                        .log("the new name was not told, next time: {}", failure.toString()));
    }

    private Future<?> settle(List<Presence> rows, Reassertion outcome) {
        outcome.newer().forEach(newer -> sessions.find(newer.account()).stream()
                // not the account's sessions without a row, nor one that has registered since, and won
                .filter(lost -> lost.row().filter(newer::outranks).isPresent())
                .map(LocalSessions.Registered::session)
                .filter(session -> !session.id().equals(newer.address().session()))
                .forEach(session -> session.evict(CloseReason.REGISTERED_ELSEWHERE)));
        // a session that ended meanwhile took its row along, which has just come back
        return Future.join(rows.stream()
                .filter(row -> sessions.find(row.account()).stream()
                        .noneMatch(still -> still.session().id().equals(row.address().session())))
                .map(row -> presence.withdraw(row.account(), row.address().session()))
                .toList());
    }

    /** A member is gone for good: its users' rows go too, if nobody older is there to drop them. */
    public void memberRemoved(NodeId node, Incarnation incarnation, boolean oldestSurvivor) {
        if (oldestSurvivor) {
            presence.dropRowsOf(node, incarnation)
                    .onSuccess(dropped -> LOG.atInfo().addKeyValue("node", node).log("dropped {} rows", dropped))
                    .onFailure(failure -> LOG.atWarn()
                            .addKeyValue("node", node)
                            .log("rows were not dropped, each goes when it is found: {}", failure.toString()));
        }
        reassert();
    }
}
