package io.bridgehead.broker.account;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.bridgehead.broker.model.AccountId;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * The attempts of a node that is no cluster. An address is charged only when a guess was wrong: thousands of clients
 * behind one address reconnect together, and they are in the right. Any thread.
 */
public final class LocalPinAttempts implements PinAttempts {

    /** The window begins with the first attempt; after it all attempts are there again. */
    public static final Duration WINDOW = Duration.ofMinutes(15);

    /** Rows of each kind; about 300 bytes each. The least used go first. */
    public static final int MAX_ROWS = 200_000;

    private static final int IPV6_PREFIX = 8;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final LoadingCache<AccountId, Bucket> accounts;
    private final LoadingCache<String, Bucket> addresses;

    /**
     * @param perAccount wrong PINs for one account in a window, at least 1
     * @param perAddress wrong PINs from one IPv4 address or IPv6 /64 in a window, at least 1
     * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}
     */
    public LocalPinAttempts(int perAccount, int perAddress, LongSupplier nanoTime) {
        this.accounts = rows(nanoTime, perAccount);
        this.addresses = rows(nanoTime, perAddress);
    }

    private static <K> LoadingCache<K, Bucket> rows(LongSupplier nanoTime, int capacity) {
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
        addresses.get(network(remoteAddress)).tryConsume(1);
        return Future.succeededFuture();
    }

    @Override
    public boolean isExhausted(String remoteAddress) {
        Bucket known = addresses.getIfPresent(network(remoteAddress));
        return known != null && known.getAvailableTokens() < 1;
    }

    /** An IPv6 client owns a /64 and would change within it; an IPv4 address in IPv6 form is the same address. */
    public static String network(String remoteAddress) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(remoteAddress);
        if (bytes == null) {
            return remoteAddress;
        }
        if (bytes.length == 16 && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length)) {
            return HexFormat.of().formatHex(bytes, MAPPED.length, bytes.length);
        }
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, IPV6_PREFIX));
    }
}
