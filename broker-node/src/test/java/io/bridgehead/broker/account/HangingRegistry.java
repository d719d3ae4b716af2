package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;

/** A registry whose owner of every row hangs: no answer ever comes. */
final class HangingRegistry implements SubscriptionRegistry {

    private static <T> Future<T> never() {
        return Promise.<T>promise().future();
    }

    @Override
    public Future<Optional<Subscription>> find(AccountId account) {
        return never();
    }

    @Override
    public Future<Subscription> offer(Subscription row) {
        return never();
    }

    @Override
    public Future<Void> rememberPin(AccountId account, long epoch, byte[] keyedHash) {
        return never();
    }

    @Override
    public Future<PinMemory> comparePin(AccountId account, long epoch, byte[] keyedHash) {
        return never();
    }

    @Override
    public Future<Void> forgetAll() {
        return never();
    }
}
