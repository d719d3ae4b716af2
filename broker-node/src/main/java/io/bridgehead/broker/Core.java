package io.bridgehead.broker;

import io.bridgehead.broker.account.AccountPolicy;
import io.bridgehead.broker.account.Accounts;
import io.bridgehead.broker.account.AddressAttempts;
import io.bridgehead.broker.account.Admission;
import io.bridgehead.broker.account.ChangeFeed;
import io.bridgehead.broker.account.Pepper;
import io.bridgehead.broker.account.PinHasher;
import io.bridgehead.broker.account.RetryHint;
import io.bridgehead.broker.account.StoreWatch;
import io.bridgehead.broker.account.SubscriptionRegistry;
import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.bridge.Bridges;
import io.bridgehead.broker.bridge.ClusterView;
import io.bridgehead.broker.bridge.Directory;
import io.bridgehead.broker.bridge.EntitlementBroadcast;
import io.bridgehead.broker.bridge.Explain;
import io.bridgehead.broker.bridge.LiveEntitlement;
import io.bridgehead.broker.bridge.PresenceKeeper;
import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.config.AccountsConfig;
import io.bridgehead.broker.config.BrokerConfig;
import io.bridgehead.broker.config.PlanConfig;
import io.bridgehead.broker.config.StoreConfig;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.store.SqlStore;
import io.bridgehead.broker.store.StoreSettings;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The part of a node below its doors: accounts, presence, switchboard. Made once at the start, by {@link Node}; opening
 * the database blocks. Any thread afterwards.
 */
final class Core implements AutoCloseable {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /** At 75 checks a second on two cores: nobody waits longer than two seconds. */
    private static final int PIN_QUEUE = 150;

    final LocalSessions sessions = new LocalSessions();
    final NodeBus bus;
    final SqlStore store;
    final Accounts accounts;
    final Switchboard switchboard;
    final LiveEntitlement entitlement;
    final Bridges bridges;
    final ClusterView view;
    final Explain explain;
    final ChangeFeed changes;
    final PresenceKeeper keeper;
    final Runnable beforeLeaving;
    final ServerRegistry servers;
    final AddressAttempts guesses;

    private final StoreWatch storeWatch;
    private final PinHasher hasher;

    Core(
            BrokerConfig config,
            SharedState shared,
            Meters meters,
            ScheduledExecutorService timer,
            InstantSource clock,
            SecureRandom random) {
        String home = config.node().domain();
        AccountPolicy policy = policy(config);
        Supplier<AccountPolicy> policies = () -> policy;
        RetryHint hint = new RetryHint(RETRY_AFTER, random::nextDouble);
        Optional<Pepper> pepper = pepper(config.accounts());
        this.store = SqlStore.open(settings(config.store()), home, clock);
        this.hasher = new PinHasher(
                PinHasher.DEFAULT_COST,
                pepper,
                Runtime.getRuntime().availableProcessors(),
                PIN_QUEUE,
                random,
                hint);
        meters.counter(Meter.PIN_HASHES, hasher, PinHasher::evaluations);
        this.storeWatch = new StoreWatch(store.accounts(), timer, StoreWatch.INTERVAL);
        meters.gauge(Meter.STORE_QUEUE, store::waiting);
        meters.gauge(Meter.STORE_UP, () -> storeWatch.isUp() ? 1 : 0);
        storeWatch.start();
        SubscriptionRegistry subscriptions = shared.subscriptions();
        PresenceRegistry presence = shared.presence();
        this.keeper = new PresenceKeeper(presence, sessions);
        this.beforeLeaving = shared.beforeLeaving();
        this.bus = shared.bus();
        this.servers = shared.servers();
        this.guesses = shared.guesses();
        this.entitlement = new LiveEntitlement(sessions, subscriptions, store.accounts(), keeper, policies, clock);
        this.accounts = new Accounts(policies, store.accounts(), subscriptions, hasher, new EntitlementBroadcast(entitlement, shared.bus()));
        Admission admission = new Admission(
                policies,
                store.accounts(),
                subscriptions,
                hasher,
                shared.attempts(),
                shared.pinKey(),
                clock,
                hint);
        meters.gauge(Meter.ADMISSION_QUEUE, () -> admission.waiting() + hasher.waiting());
        this.bridges = new Bridges(config.node().name(), bus, config.bridge().window(), meters, clock);
        this.view = new ClusterView(config.node().name(), bus, sessions, bridges::list, ClusterView.LIMIT);
        this.switchboard = new Switchboard(
                config.node().name(),
                bus,
                directory(admission, accounts),
                presence,
                sessions,
                entitlement,
                bridges,
                view,
                policy.requirePin(),
                shared.clock());
        this.explain = new Explain(
                policies,
                accounts::find,
                accounts::resolve,
                presence,
                view,
                clock);
        this.changes = new ChangeFeed(store.accounts(), subscriptions, entitlement, timer, ChangeFeed.INTERVAL);
    }

    /**
     * Throws what the constructor would throw of the pepper's file and of the database, before the node joins: one that
     * joins, is refused and starts anew would move the cluster's rows each time. Changes nothing. Blocks.
     */
    static void check(BrokerConfig config) {
        pepper(config.accounts());
        SqlStore.check(settings(config.store()));
    }

    private static Optional<Pepper> pepper(AccountsConfig accounts) {
        return Optional.of(accounts.pepperFile()).filter(file -> !file.toString().isEmpty()).map(Pepper::read);
    }

    private static StoreSettings settings(StoreConfig store) {
        return new StoreSettings(store.url(), store.user(), store.password());
    }

    private static AccountPolicy policy(BrokerConfig config) {
        Map<String, AccountPolicy.Plan> plans = config.plans().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, plan -> new AccountPolicy.Plan(1, plan.getValue().grace())));
        return new AccountPolicy(
                switch (config.accounts().mode()) {
                    case SUBSCRIPTION -> AccountPolicy.Mode.SUBSCRIPTION;
                    case OPEN -> AccountPolicy.Mode.OPEN;
                },
                config.accounts().requirePin(),
                config.node().domain(),
                PlanConfig.STANDARD,
                plans);
    }

    private static Directory directory(Admission admission, Accounts accounts) {
        return new Directory() {
            @Override
            public Future<Verdict> admit(Credentials credentials) {
                return admission.admit(credentials);
            }

            @Override
            public Future<Verdict> standing(AccountId account) {
                return admission.standing(account);
            }

            @Override
            public Future<Optional<AccountId>> resolve(AccountId idOrAlias) {
                return accounts.resolve(idOrAlias);
            }

            @Override
            public Future<?> setVisible(AccountId account, boolean visible) {
                return accounts.setVisible(account, visible);
            }
        };
    }

    /** Blocks until what was asked of the database is done, for at most some seconds. */
    @Override
    public void close() {
        changes.close();
        storeWatch.close();
        hasher.close();
        store.close();
    }
}
