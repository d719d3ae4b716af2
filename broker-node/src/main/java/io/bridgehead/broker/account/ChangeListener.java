package io.bridgehead.broker.account;

import io.vertx.core.Future;

/**
 * Who enforces changes of accounts on running sessions. Called for a change made here at once, and for each change of
 * the feed; so for most changes twice, and sometimes with a state older than one already told: compare epochs. Called
 * on any thread; must not block.
 */
public interface ChangeListener {

    /** The account is now so; completes when that is enforced. */
    Future<Void> changed(Subscription state);

    /** Changes were lost to this node: every account with a running session must be looked up again. */
    Future<Void> missed();
}
