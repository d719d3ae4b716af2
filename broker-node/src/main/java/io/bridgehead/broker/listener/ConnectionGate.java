package io.bridgehead.broker.listener;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the connections of one listener: how many at a time, and how many a second from one address (IPv6: one /64).
 * Remembers {@value #MAX_ADDRESSES} addresses at most; those that have been quiet longest are forgotten first. Any thread.
 */
public final class ConnectionGate {

    /** About 20 MB in the worst case, an attack from as many addresses. */
    static final int MAX_ADDRESSES = 100_000;

    private final int maxConnections;
    private final int perSecond;
    private final int burst;
    private final TimeMeter clock;
    private final Cache<AddressBlock, Bucket> buckets;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param maxConnections connections at a time, at least 1
     * @param perSecond connections a second from one address; 0: no limit
     * @param burst connections from one address that may come at once, at least 1 unless {@code perSecond} is 0
     */
    public ConnectionGate(int maxConnections, int perSecond, int burst) {
        this(maxConnections, perSecond, burst, MAX_ADDRESSES, TimeMeter.SYSTEM_NANOTIME);
    }

    ConnectionGate(int maxConnections, int perSecond, int burst, int maxAddresses, TimeMeter clock) {
        if (maxConnections < 1 || perSecond < 0 || perSecond > 0 && burst < 1) {
            throw new IllegalArgumentException("max-connections: " + maxConnections + ", connections-per-second: " + perSecond
                    + ", connection-burst: " + burst + " (expected: >= 1, >= 0, >= 1)");
        }
        this.maxConnections = maxConnections;
        this.perSecond = perSecond;
        this.burst = burst;
        this.clock = clock;
        // a bucket that was left alone until it is full again says the same as none
        Duration full = Duration.ofSeconds(perSecond == 0 ? 1 : burst / perSecond + 1L);
        this.buckets = Caffeine.newBuilder().maximumSize(maxAddresses).expireAfterAccess(full).build();
    }

    /** Takes a place. The caller gives it back with {@link #leave} when the connection is closed, if this said yes. */
    public boolean enter() {
        if (open.incrementAndGet() > maxConnections) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Gives a place back; once for each {@link #enter} that said yes. */
    public void leave() {
        open.decrementAndGet();
    }

    /** Whether one more connection from this address may come now; if so, it is counted. */
    public boolean withinRate(InetAddress client) {
        return perSecond == 0 || buckets.get(AddressBlock.ofClient(client), block -> newBucket()).tryConsume(1);
    }

    /** Connections that are open. */
    public int open() {
        return open.get();
    }

    long addresses() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private Bucket newBucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(clock)
                .build();
    }
}
