package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import java.time.Instant;

/**
 * One registered user: who, where, since when. A row of the registry; the node that holds the session is the truth,
 * the registry a copy. Immutable, any thread.
 *
 * @param account who
 * @param displayName nickname, or the id as its owner wrote it
 * @param address node, and session id with that node's incarnation
 * @param since when it registered
 * @param visible whether {@code ;users} lists it
 * @param epoch the account's epoch when it registered
 * @param planVersion version of the plan's limits when it registered
 */
public record Presence(
        AccountId account,
        String displayName,
        SessionAddress address,
        Instant since,
        boolean visible,
        long epoch,
        int planVersion) {

    public Party party() {
        return new Party(address, account, displayName);
    }

    public Presence withVisible(boolean nowVisible) {
        return new Presence(account, displayName, address, since, nowVisible, epoch, planVersion);
    }
}
