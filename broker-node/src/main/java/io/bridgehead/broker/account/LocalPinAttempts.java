package io.bridgehead.broker.account;

import com.github.benmanes.caffeine.cache.LoadingCache;
import io.bridgehead.broker.model.AccountId;
import io.github.bucket4j.Bucket;
import io.vertx.core.Future;
import java.util.function.LongSupplier;

/** The attempts of a node that is no cluster. Any thread. */
public final class LocalPinAttempts implements PinAttempts {

    private final LoadingCache<AccountId, Bucket> accounts;
    private final LocalAddressAttempts addresses;

    /**
     * @param perAccount wrong PINs for one account in a window, at least 1
     * @param perAddress wrong PINs from one address in a window, at least 1
     * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}
     */
    public LocalPinAttempts(int perAccount, int perAddress, LongSupplier nanoTime) {
        this.accounts = LocalAddressAttempts.rows(nanoTime, perAccount);
        this.addresses = new LocalAddressAttempts(perAddress, nanoTime);
    }

    @Override
    public Future<Boolean> begin(AccountId account, String remoteAddress) {
        return Future.succeededFuture(
                !isExhausted(remoteAddress) && accounts.get(account).tryConsume(1));
    }

    @Override
    public Future<Void> passed(AccountId account, String remoteAddress) {
        accounts.get(account).addTokens(1);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> failed(AccountId account, String remoteAddress) {
        return addresses.failed(remoteAddress).mapEmpty();
    }

    @Override
    public boolean isExhausted(String remoteAddress) {
        return addresses.isExhausted(remoteAddress);
    }
}
