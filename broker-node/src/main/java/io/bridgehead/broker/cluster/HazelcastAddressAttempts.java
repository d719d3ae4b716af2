package io.bridgehead.broker.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.account.AddressAttempts;
import io.vertx.core.Future;
import java.util.function.LongSupplier;

/**
 * Wrong guesses as the whole cluster counts them, whichever node is asked. A map that does not answer within 2 s fails
 * the future. Any thread; futures complete on any thread. Bounded by {@link RegistryMaps}. Its forms are rehearsed by
 * {@link HazelcastPinAttempts}. Built off the event loops.
 */
public final class HazelcastAddressAttempts implements AddressAttempts {

    private static final long WINDOW_MILLIS = WINDOW.toMillis();

    private final int limit;
    private final SharedMap<AttemptWindow> addresses;
    private final LongSupplier clusterMillis;
    /** When the addresses that this node has seen exhausted are free again, in the cluster's time. */
    private final Cache<String, Long> exhaustedUntil =
            Caffeine.newBuilder().maximumSize(MAX_ROWS).build();

    /**
     * @param map of {@link RegistryMaps}, with which {@code hazelcast} is configured
     * @param limit wrong guesses from one address in a window
     * @param clusterMillis milliseconds of the wall clock, the same on all nodes
     */
    HazelcastAddressAttempts(HazelcastInstance hazelcast, String map, int limit, LongSupplier clusterMillis) {
        this.limit = limit;
        this.addresses = new SharedMap<>(hazelcast.getMap(map));
        this.clusterMillis = clusterMillis;
    }

    /** Those of the signalling room: wrong tokens, passphrases and join tokens. */
    public static HazelcastAddressAttempts ofSignalling(HazelcastInstance hazelcast, int limit) {
        return new HazelcastAddressAttempts(
                hazelcast, RegistryMaps.SIGNALLING_GUESSES, limit, hazelcast.getCluster()::getClusterTime);
    }

    @Override
    public Future<Boolean> mayGuess(String remoteAddress) {
        if (isExhausted(remoteAddress)) {
            return Future.succeededFuture(false);
        }
        String network = AddressAttempts.network(remoteAddress);
        return addresses.get(network).map(window -> {
            note(network, window);
            return !isExhausted(remoteAddress);
        });
    }

    @Override
    public Future<Boolean> failed(String remoteAddress) {
        String network = AddressAttempts.network(remoteAddress);
        AttemptSteps.Take charge = new AttemptSteps.Take(limit, WINDOW_MILLIS, clusterMillis.getAsLong());
        return addresses.submit("wrong guess", network, charge).map(taken -> {
            note(network, taken.window());
            return taken.granted() && taken.window().used() >= limit;
        });
    }

    private void note(String network, AttemptWindow window) {
        if (window != null && window.used() >= limit) {
            exhaustedUntil.put(network, window.startMillis() + WINDOW_MILLIS);
        }
    }

    @Override
    public boolean isExhausted(String remoteAddress) {
        Long until = exhaustedUntil.getIfPresent(AddressAttempts.network(remoteAddress));
        return until != null && clusterMillis.getAsLong() < until;
    }
}
