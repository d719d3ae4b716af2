package io.bridgehead.broker.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.account.LocalPinAttempts;
import io.bridgehead.broker.account.PinAttempts;
import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.util.function.LongSupplier;

/**
 * The attempts of a cluster, with the limits of {@link LocalPinAttempts}, whichever node is asked. A map that does not
 * answer within 2 s fails the future: the caller says "try again", and nobody guesses meanwhile. Any thread; futures
 * complete on any thread. Bounded by {@link RegistryMaps}. Built off the event loops.
 */
public final class HazelcastPinAttempts implements PinAttempts {

    private static final long WINDOW_MILLIS = LocalPinAttempts.WINDOW.toMillis();

    private final int perAccount;
    private final int perAddress;
    private final SharedMap<AttemptWindow> accounts;
    private final SharedMap<AttemptWindow> addresses;
    private final LongSupplier clusterMillis;
    /** When the addresses that this node has seen exhausted are free again, in the cluster's time. */
    private final Cache<String, Long> exhaustedUntil =
            Caffeine.newBuilder().maximumSize(LocalPinAttempts.MAX_ROWS).build();

    /**
     * @param hazelcast configured with {@link RegistryMaps#addTo}
     * @param perAccount wrong PINs for one account in a window
     * @param perAddress wrong PINs from one IPv4 address or IPv6 /64 in a window
     */
    public HazelcastPinAttempts(HazelcastInstance hazelcast, int perAccount, int perAddress) {
        this(hazelcast, perAccount, perAddress, hazelcast.getCluster()::getClusterTime);
    }

    /** @param clusterMillis milliseconds of the wall clock, the same on all nodes */
    HazelcastPinAttempts(HazelcastInstance hazelcast, int perAccount, int perAddress, LongSupplier clusterMillis) {
        this.perAccount = perAccount;
        this.perAddress = perAddress;
        this.accounts = new SharedMap<>(hazelcast.getMap(RegistryMaps.ATTEMPTS_BY_ACCOUNT));
        this.addresses = new SharedMap<>(hazelcast.getMap(RegistryMaps.ATTEMPTS_BY_ADDRESS));
        this.clusterMillis = clusterMillis;
        AttemptWindow window = new AttemptWindow(0, 0);
        Rehearsal.of(
                hazelcast,
                "attempts",
                window,
                new AttemptSteps.Take(0, 0, 0),
                new AttemptSteps.GiveBack(0, 0),
                new AttemptSteps.Taken(false, window));
    }

    @Override
    public Future<Boolean> begin(AccountId account, String remoteAddress) {
        if (isExhausted(remoteAddress)) {
            return Future.succeededFuture(false);
        }
        String network = LocalPinAttempts.network(remoteAddress);
        return addresses.get(network).compose(window -> {
            note(network, window);
            return isExhausted(remoteAddress) ? Future.succeededFuture(false) : take(account);
        });
    }

    private Future<Boolean> take(AccountId account) {
        Future<AttemptSteps.Taken> answer = accounts.submitOpenEnded(
                "attempt",
                account.text(),
                new AttemptSteps.Take(perAccount, WINDOW_MILLIS, clusterMillis.getAsLong()));
        Future<AttemptSteps.Taken> inTime = accounts.inTime("attempt", answer);
        // nothing was checked: whoever hears "try again" five times is not to be locked out for it
        inTime.onFailure(late -> answer.onSuccess(taken -> giveBackIf(taken.granted(), account)));
        return inTime.map(AttemptSteps.Taken::granted);
    }

    private Future<Void> giveBackIf(boolean granted, AccountId account) {
        return granted
                ? accounts.submit(
                                "attempt given back",
                                account.text(),
                                new AttemptSteps.GiveBack(WINDOW_MILLIS, clusterMillis.getAsLong()))
                        .mapEmpty()
                : Future.succeededFuture();
    }

    @Override
    public Future<Void> passed(AccountId account, String remoteAddress) {
        return giveBackIf(true, account);
    }

    @Override
    public Future<Void> failed(AccountId account, String remoteAddress) {
        String network = LocalPinAttempts.network(remoteAddress);
        AttemptSteps.Take charge =
                new AttemptSteps.Take(perAddress, WINDOW_MILLIS, clusterMillis.getAsLong());
        return addresses.submit("wrong guess", network, charge).map(taken -> {
            note(network, taken.window());
            return null;
        });
    }

    private void note(String network, AttemptWindow window) {
        if (window != null && window.used() >= perAddress) {
            exhaustedUntil.put(network, window.startMillis() + WINDOW_MILLIS);
        }
    }

    @Override
    public boolean isExhausted(String remoteAddress) {
        Long until = exhaustedUntil.getIfPresent(LocalPinAttempts.network(remoteAddress));
        return until != null && clusterMillis.getAsLong() < until;
    }
}
