package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Who is registered where, in the whole cluster. Any thread; futures complete on any thread, within 2 s; a failed
 * future means "nobody could say", never "no". Nothing throws.
 */
public interface PresenceRegistry {

    /**
     * Makes {@code row} the account's one registration. The newest wins; claiming again with the same session id is
     * success. Answers the row that lost, which the caller must evict, if there was one.
     */
    Future<Optional<Presence>> claim(Presence row);

    /** Removes the account's row if it is still this session's; answers whether it was. */
    Future<Boolean> withdraw(AccountId account, SessionId session);

    /** Removes the row if it is still exactly this session's: it turned out to be a dead one's. */
    Future<Boolean> removeIfUnchanged(Presence row);

    /** The account's registration, if it has one. */
    Future<Optional<Presence>> find(AccountId account);

    /** Changes the flag of the row if it is still this session's. */
    Future<Void> setVisible(AccountId account, SessionId session, boolean visible);

    /** All rows, in no order. */
    Future<List<Presence>> list();

    /** How many are registered; in a cluster up to a second old. Never blocks. */
    int count();
}
