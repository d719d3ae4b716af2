package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import java.time.Instant;
import java.util.Comparator;

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

    private static final Comparator<Presence> RANK = Comparator.comparingLong(Presence::epoch)
            .thenComparing(Presence::since)
            .thenComparing(row -> row.address().session());

    public Party party() {
        return new Party(address, account, displayName);
    }

    /**
     * Whether this registration is the newer of two of an account: it was admitted under a newer state of the account,
     * or under the same and later. Of one instant the higher session id is the newer: a total order, the same on all
     * nodes.
     */
    public boolean outranks(Presence other) {
        return RANK.compare(this, other) > 0;
    }

    /** Whether both are the same registration, whatever became of its visibility. */
    public boolean isSameRegistration(Presence other) {
        return address.equals(other.address) && since.equals(other.since);
    }

    /**
     * With what counts for the account now. It is later by the least there is when another row must take its place in
     * the registry: with another name, or with a lower epoch, for a backup of the accounts was restored, and the
     * account's next registration has that epoch, too.
     */
    Presence with(Entitlement now, String display) {
        long lower = Math.min(epoch, now.epoch());
        boolean replaces = lower < epoch || !display.equals(displayName);
        return new Presence(
                account, display, address, replaces ? since.plusNanos(1) : since, now.visible(), lower, planVersion);
    }

    Presence withSince(Instant then) {
        return new Presence(account, displayName, address, then, visible, epoch, planVersion);
    }

    public Presence withVisible(boolean nowVisible) {
        return new Presence(account, displayName, address, since, nowVisible, epoch, planVersion);
    }
}
