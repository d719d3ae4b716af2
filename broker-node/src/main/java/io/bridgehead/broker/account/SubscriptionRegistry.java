package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * What the nodes know of accounts without asking SQL: account → its newest known state, and the keyed hash of the PIN
 * that was verified last. A cache that may forget, never a truth. Any thread; futures complete within 2 s on any
 * thread. Bounded.
 */
public interface SubscriptionRegistry {

    /** The newest known state. */
    Future<Optional<Subscription>> find(AccountId account);

    /** Keeps {@code row} unless a newer epoch is known; answers what is known now. */
    Future<Subscription> offer(Subscription row);

    /** Remembers for 15 minutes that a PIN with this keyed hash was right for the account at this epoch. */
    Future<Void> rememberPin(AccountId account, long epoch, byte[] keyedHash);

    /** Compares, in constant time, with the keyed hash that was remembered at this very epoch and is not yet forgotten. */
    Future<PinMemory> comparePin(AccountId account, long epoch, byte[] keyedHash);

    /**
     * Forgets every account and PIN, for all nodes: epochs went back in SQL, and what is known would win against it. A
     * failure may have forgotten some, or all of it later.
     */
    Future<Void> forgetAll();
}
