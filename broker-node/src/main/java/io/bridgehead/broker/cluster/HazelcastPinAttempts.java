package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.account.AddressAttempts;
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

    private static final long WINDOW_MILLIS = AddressAttempts.WINDOW.toMillis();

    private final int perAccount;
    private final SharedMap<AttemptWindow> accounts;
    private final HazelcastAddressAttempts addresses;
    private final LongSupplier clusterMillis;

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
        this.accounts = new SharedMap<>(hazelcast.getMap(RegistryMaps.ATTEMPTS_BY_ACCOUNT));
        this.addresses = new HazelcastAddressAttempts(
                hazelcast, RegistryMaps.ATTEMPTS_BY_ADDRESS, perAddress, clusterMillis);
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
        return addresses.mayGuess(remoteAddress).compose(may -> may ? take(account) : Future.succeededFuture(false));
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
        return addresses.failed(remoteAddress).mapEmpty();
    }

    @Override
    public boolean isExhausted(String remoteAddress) {
        return addresses.isExhausted(remoteAddress);
    }
}
