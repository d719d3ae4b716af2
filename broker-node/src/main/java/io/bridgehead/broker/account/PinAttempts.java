package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;

/**
 * Limits guessing: wrong PINs per claimed account and per address. It knows nothing of which accounts exist, so that
 * its answer tells nothing of that either. Any thread. A success is never charged.
 */
public interface PinAttempts {

    /**
     * Takes one attempt from the account, so that guesses sent all at once are counted too; false when the account's
     * or the address's attempts are used up, and then nothing is taken. To be followed by {@link #passed} or
     * {@link #failed}.
     */
    Future<Boolean> begin(AccountId account, String remoteAddress);

    /** It was no wrong guess: gives the attempt back. */
    Future<Void> passed(AccountId account, String remoteAddress);

    /** It was a wrong guess: the account stays charged, and the address is charged too. */
    Future<Void> failed(AccountId account, String remoteAddress);

    /** What this node knows at once of the address: asked again right before a check that costs something. */
    boolean isExhausted(String remoteAddress);
}
