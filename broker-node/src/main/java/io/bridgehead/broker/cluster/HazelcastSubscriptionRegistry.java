package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.InMemorySubscriptionRegistry;
import io.bridgehead.broker.account.PinMemory;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.account.SubscriptionRegistry;
import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the nodes of a cluster know of accounts: the map {@code subscriptions}. The newest epoch wins where the row
 * lives; the rows bear the PIN hashes, so that known accounts get in while the database is down. Any thread; futures
 * complete on any thread within 2 s. Bounded by {@link RegistryMaps}. Built off the event loops.
 */
public final class HazelcastSubscriptionRegistry implements SubscriptionRegistry, AutoCloseable {

    private final SharedMap<KnownAccount> accounts;
    private final ScanThread forgetting = new ScanThread("forget-accounts");
    private final Supplier<Future<Void>> forgetAll;
    private final LongSupplier clusterMillis;

    /** @param hazelcast configured with {@link RegistryMaps#addTo} */
    public HazelcastSubscriptionRegistry(HazelcastInstance hazelcast) {
        this(hazelcast, hazelcast.getCluster()::getClusterTime);
    }

    /** @param clusterMillis milliseconds of the wall clock, the same on all nodes */
    HazelcastSubscriptionRegistry(HazelcastInstance hazelcast, LongSupplier clusterMillis) {
        IMap<String, KnownAccount> rows = hazelcast.getMap(RegistryMaps.SUBSCRIPTIONS);
        this.accounts = new SharedMap<>(rows);
        this.forgetAll = forgetting.shared(() -> {
            rows.clear();
            return null;
        });
        this.clusterMillis = clusterMillis;
        rehearse(hazelcast);
    }

    private static void rehearse(HazelcastInstance hazelcast) {
        AccountId id = new AccountId("rehearsal", "invalid");
        Optional<Account> account = Optional.of(new Account(
                id,
                Optional.empty(),
                Optional.empty(),
                "rehearsal",
                Optional.empty(),
                Optional.empty(),
                false,
                0,
                Instant.EPOCH));
        KnownAccount row = new KnownAccount(
                Optional.of(new Subscription(id, 0, account)), Optional.of(new RememberedPin(0, new byte[0], 0)));
        Rehearsal.of(hazelcast, RegistryMaps.SUBSCRIPTIONS, row, new JoinAccount(row));
    }

    @Override
    public Future<Optional<Subscription>> find(AccountId account) {
        return row(account).map(row -> row.flatMap(KnownAccount::state));
    }

    @Override
    public Future<Subscription> offer(Subscription row) {
        return join("offer", row.id(), KnownAccount.of(row)).map(known -> known.state().orElseThrow());
    }

    @Override
    public Future<Void> rememberPin(AccountId account, long epoch, byte[] keyedHash) {
        long expiresAt = clusterMillis.getAsLong() + InMemorySubscriptionRegistry.PIN_MEMORY.toMillis();
        return join("PIN", account, KnownAccount.of(new RememberedPin(epoch, keyedHash.clone(), expiresAt)))
                .mapEmpty();
    }

    @Override
    public Future<PinMemory> comparePin(AccountId account, long epoch, byte[] keyedHash) {
        return row(account)
                .map(row -> row.flatMap(KnownAccount::pin)
                        .map(pin -> pin.compared(epoch, keyedHash, clusterMillis.getAsLong()))
                        .orElse(PinMemory.NOTHING));
    }

    @Override
    public Future<Void> forgetAll() {
        return accounts.scanned("forgetting", forgetAll.get(), SharedMap.LIMIT);
    }

    private Future<Optional<KnownAccount>> row(AccountId account) {
        return accounts.get(account.text()).map(Optional::ofNullable);
    }

    private Future<KnownAccount> join(String question, AccountId account, KnownAccount news) {
        return accounts.submit(question, account.text(), new JoinAccount(news));
    }

    /** To be called while the node is still a member. */
    @Override
    public void close() {
        forgetting.close();
    }
}
