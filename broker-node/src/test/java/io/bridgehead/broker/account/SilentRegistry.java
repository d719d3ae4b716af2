package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.util.Optional;

/** A registry whose every answer is a failure: the cluster is in a bad way. */
public final class SilentRegistry implements SubscriptionRegistry {

    private static <T> Future<T> away() {
        return Future.failedFuture(new IllegalStateException("registry: away for this test"));
    }

    @Override
    public Future<Optional<Subscription>> find(AccountId account) {
        return away();
    }

    @Override
    public Future<Subscription> offer(Subscription row) {
        return away();
    }

    @Override
    public Future<Void> rememberPin(AccountId account, long epoch, byte[] keyedHash) {
        return away();
    }

    @Override
    public Future<PinMemory> comparePin(AccountId account, long epoch, byte[] keyedHash) {
        return away();
    }

    @Override
    public Future<Void> forgetAll() {
        return away();
    }
}
