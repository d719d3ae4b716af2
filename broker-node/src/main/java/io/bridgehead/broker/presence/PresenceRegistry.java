package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who is registered where, in the whole cluster. Any thread; futures complete on any thread, within 2 s; a failed
 * future means "nobody could say", never "no", and may yet happen. Nothing throws.
 */
public interface PresenceRegistry {

    /**
     * Makes {@code row} the account's one registration, unless a newer one stands ({@link Contest}). Claiming again
     * with the same session id is success. Answers the row that lost, which the caller must evict, if there was one: the
     * older row, or {@code row} itself. A claim that failed for its lateness is withdrawn when it comes through after
     * all.
     */
    Future<Optional<Presence>> claim(Presence row);

    /**
     * An owner's word that these rows, sessions of this node, still are: restores what was lost, leaves what is there,
     * and never displaces a newer registration; a row that was renamed replaces what it was. May take 20 s, the future fails only when nobody could say anything of
     * any row. A session that ended meanwhile must be withdrawn again by the caller: its row may have come back.
     */
    Future<Reassertion> reassert(Collection<Presence> rows);

    /** Removes the account's row if it is still this session's; answers whether it was. */
    Future<Boolean> withdraw(AccountId account, SessionId session);

    /**
     * Removes the row if it still is this registration (session and time; visibility does not matter): it turned out to
     * be a dead one's. Answers whether it was.
     */
    Future<Boolean> removeIfUnchanged(Presence row);

    /**
     * Removes the rows of one life of a node that has gone; answers how many. For the oldest survivor; may take 20 s.
     * Doing it again is harmless.
     */
    Future<Integer> dropRowsOf(NodeId node, Incarnation incarnation);

    /** The account's registration, if it has one. */
    Future<Optional<Presence>> find(AccountId account);

    /** Changes the flag of the row if it is still this session's. */
    Future<Void> setVisible(AccountId account, SessionId session, boolean visible);

    /** All rows, in no order. */
    Future<List<Presence>> list();

    /** How many are registered; in a cluster up to a second old. Never blocks. */
    int count();
}
