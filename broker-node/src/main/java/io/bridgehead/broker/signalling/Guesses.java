package io.bridgehead.broker.signalling;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.bridgehead.broker.account.LocalPinAttempts;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts wrong tokens, passphrases and join tokens by address (IPv6: by /64), on this node: a token has so many bits
 * that the cluster's nodes together are no help to a guesser. Any thread.
 */
final class Guesses {

    private static final Duration WINDOW = Duration.ofMinutes(15);

    /** The least used go first; some 100 bytes each. */
    private static final int MAX_ADDRESSES = 200_000;

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");

    private final int limit;
    private final LoadingCache<String, AtomicInteger> wrong;

    Guesses(int limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.wrong = Caffeine.newBuilder()
                .maximumSize(MAX_ADDRESSES)
                .expireAfterWrite(WINDOW)
                .ticker(nanoTime::getAsLong)
                .build(address -> new AtomicInteger());
    }

    /** Whether the address must wait: whatever it shows is not looked at. */
    boolean isExhausted(String address) {
        AtomicInteger count = wrong.getIfPresent(LocalPinAttempts.network(address));
        return count != null && count.get() >= limit;
    }

    /** It was wrong. The one that uses the attempts up is in the log. */
    void failed(String address) {
        if (wrong.get(LocalPinAttempts.network(address)).incrementAndGet() == limit) {
            AUDIT.atWarn()
                    .addKeyValue("protocol", "signalling")
                    .addKeyValue("address", address)
                    .addKeyValue("attempts", limit)
                    .log("too many wrong tokens: the address must wait 15 minutes");
        }
    }
}
