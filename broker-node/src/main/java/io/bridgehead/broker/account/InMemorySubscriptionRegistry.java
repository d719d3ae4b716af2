package io.bridgehead.broker.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The registry of a node that is no cluster. Any thread; futures are complete when they are returned. */
public final class InMemorySubscriptionRegistry implements SubscriptionRegistry {

    /** How long a PIN that was right is remembered. */
    public static final Duration PIN_MEMORY = Duration.ofMinutes(15);

    private final Cache<AccountId, Subscription> rows;
    private final Cache<AccountId, Remembered> pins;

    private record Remembered(long epoch, byte[] keyedHash) {}

    /**
     * @param maxAccounts rows kept, some 500 bytes each; the least used are forgotten first
     * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}
     */
    public InMemorySubscriptionRegistry(int maxAccounts, LongSupplier nanoTime) {
        this.rows = Caffeine.newBuilder().maximumSize(maxAccounts).build();
        this.pins = Caffeine.newBuilder()
                .maximumSize(maxAccounts)
                .expireAfterWrite(PIN_MEMORY)
                .ticker(nanoTime::getAsLong)
                .build();
    }

    @Override
    public Future<Optional<Subscription>> find(AccountId account) {
        return Future.succeededFuture(Optional.ofNullable(rows.getIfPresent(account)));
    }

    @Override
    public Future<Subscription> offer(Subscription row) {
        return Future.succeededFuture(
                rows.asMap().merge(row.id(), row, (known, offered) -> offered.epoch() > known.epoch() ? offered : known));
    }

    @Override
    public Future<Void> rememberPin(AccountId account, long epoch, byte[] keyedHash) {
        Remembered row = new Remembered(epoch, keyedHash.clone());
        pins.asMap().merge(account, row, (known, offered) -> offered.epoch() >= known.epoch() ? offered : known);
        return Future.succeededFuture();
    }

    @Override
    public Future<PinMemory> comparePin(AccountId account, long epoch, byte[] keyedHash) {
        Remembered known = pins.getIfPresent(account);
        boolean nothing = known == null || known.epoch() != epoch;
        return Future.succeededFuture(nothing ? PinMemory.NOTHING : PinMemory.compared(known.keyedHash(), keyedHash));
    }

    @Override
    public Future<Void> forgetAll() {
        rows.invalidateAll();
        pins.invalidateAll();
        return Future.succeededFuture();
    }
}
