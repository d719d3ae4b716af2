package io.bridgehead.broker.account;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.vertx.core.Future;
import java.util.function.LongSupplier;

/** What one node counts of wrong guesses. Any thread. */
public final class LocalAddressAttempts implements AddressAttempts {

    private final LoadingCache<String, Bucket> addresses;

    /**
     * @param limit wrong guesses from one address in a window, at least 1
     * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}
     */
    public LocalAddressAttempts(int limit, LongSupplier nanoTime) {
        this.addresses = rows(nanoTime, limit);
    }

    static <K> LoadingCache<K, Bucket> rows(LongSupplier nanoTime, int capacity) {
        TimeMeter meter = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanoTime.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
        return Caffeine.newBuilder()
                .maximumSize(MAX_ROWS)
                .expireAfterAccess(WINDOW)
                .ticker(nanoTime::getAsLong)
                .build(key -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(capacity).refillIntervally(capacity, WINDOW))
                        .withCustomTimePrecision(meter)
                        .build());
    }

    @Override
    public Future<Boolean> mayGuess(String remoteAddress) {
        return Future.succeededFuture(!isExhausted(remoteAddress));
    }

    @Override
    public Future<Boolean> failed(String remoteAddress) {
        ConsumptionProbe probe =
                addresses.get(AddressAttempts.network(remoteAddress)).tryConsumeAndReturnRemaining(1);
        return Future.succeededFuture(probe.isConsumed() && probe.getRemainingTokens() == 0);
    }

    @Override
    public boolean isExhausted(String remoteAddress) {
        Bucket known = addresses.getIfPresent(AddressAttempts.network(remoteAddress));
        return known != null && known.getAvailableTokens() < 1;
    }
}
