package io.bridgehead.broker;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountPatch;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.Accounts;
import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.admin.AccountOperations;
import io.bridgehead.broker.admin.AdminCore;
import io.bridgehead.broker.admin.AdminServer;
import io.bridgehead.broker.admin.AdminToken;
import io.bridgehead.broker.bus.EventLoopIndex;
import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.bus.NodeReport;
import io.bridgehead.broker.bus.NodeStatus;
import io.bridgehead.broker.cluster.ClusterEvents;
import io.bridgehead.broker.cluster.ClusterMember;
import io.bridgehead.broker.cluster.ConfigPart;
import io.bridgehead.broker.cluster.Fellow;
import io.bridgehead.broker.cluster.RegistryMaps;
import io.bridgehead.broker.config.BrokerConfig;
import io.bridgehead.broker.estim.EstimListener;
import io.bridgehead.broker.listener.CertificateReload;
import io.bridgehead.broker.listener.EventLoops;
import io.bridgehead.broker.listener.MetricsServer;
import io.bridgehead.broker.listener.NativeTransport;
import io.bridgehead.broker.listener.Readiness;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.relay.RelayListener;
import io.bridgehead.broker.signalling.SignallingListener;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: wires everything, and knows the order of start, drain and stop. The only place that knows everybody.
 * {@link #start} blocks and belongs to the main thread; the rest is for any thread.
 */
public final class Node {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** Whoever orders the stop over HTTP hears the answer before. */
    private static final Duration BEFORE_STOP = Duration.ofMillis(200);

    /** The registry is a copy that may lose rows. */
    private static final Duration REASSERT = Duration.ofSeconds(60);

    private static final Duration SWEEP = Duration.ofMillis(500);

    private final BrokerConfig config;
    private final Ground ground;
    private final ScheduledExecutorService timer;
    private final Meters meters;
    private final Optional<ClusterMember> member;
    private final Vertx vertx;
    private final Core core;
    private final NodeLife life;
    private final NodeRoll roll;
    private final EventLoops loops;
    private final EstimListener estim;
    private final SignallingListener signalling;
    private final RelayListener relay;
    private final MetricsServer metrics;
    private final Optional<AdminServer> admin;

    private final Promise<Void> outOfCluster = Promise.promise();

    private volatile boolean started;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile Ports ports;

    /** The actual ports; 0 where a listener is off. */
    public record Ports(
            List<Integer> tcp,
            List<Integer> webSocket,
            List<Integer> signalling,
            RelayListener.Ports relay,
            int admin,
            int metrics) {}

    /**
     * What a node stands on, before it has anything of its own that has to be closed.
     *
     * @param token of the admin API, when it listens
     */
    private record Ground(
            PrometheusMeterRegistry registry,
            Meters meters,
            Incarnation incarnation,
            Optional<AdminToken> token,
            Optional<ClusterMember> member,
            Vertx vertx) {

        /** Joins the cluster last, when all else that this machine has to give is there. Blocks; throws what it misses. */
        static Ground of(BrokerConfig config, SecureRandom random) {
            Optional<AdminToken> token =
                    config.admin().listen().isEmpty() ? Optional.empty() : Optional.of(token(config, random));
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            Meters meters = new Meters(registry);
            meters.build(Version.current(), Runtime.version().toString());
            NativeTransport transport = NativeTransport.best(meters);
            // one loop a core: a bridge then more often has both ends on one
            VertxOptions options =
                    new VertxOptions().setEventLoopPoolSize(Runtime.getRuntime().availableProcessors());
            Incarnation incarnation = Incarnation.random(random);
            Optional<ClusterMember> member = config.cluster().enabled()
                    ? Optional.of(join(config, incarnation, options, transport))
                    : Optional.empty();
            Vertx vertx = member.map(ClusterMember::vertx).orElseGet(() -> transport.builder(options).build());
            return new Ground(registry, meters, incarnation, token, member, vertx);
        }

        private static AdminToken token(BrokerConfig config, SecureRandom random) {
            try {
                return AdminToken.open(config.admin().tokenFile(), random);
            } catch (IOException refused) {
                throw new StartRefused(refused.getMessage());
            }
        }

        private static ClusterMember join(
                BrokerConfig config, Incarnation incarnation, VertxOptions options, NativeTransport transport) {
            Core.check(config);
            ConfigPart maps = hazelcast -> RegistryMaps.addTo(hazelcast, config.cluster().expectedNodes());
            return ClusterMember.join(
                    new ClusterMember.Joining(
                            config.cluster(), config.node().name(), incarnation, config.store().url(), List.of(maps)),
                    options,
                    transport::builder);
        }

        /** Leaves the cluster, if there is one. Blocks. */
        void leave() {
            await(member.map(ClusterMember::leave).orElseGet(vertx::close).otherwiseEmpty());
        }
    }

    private Node(BrokerConfig config, Ground ground, SecureRandom random, Runnable stop) {
        this.config = config;
        this.ground = ground;
        this.meters = ground.meters();
        this.member = ground.member();
        this.vertx = ground.vertx();
        InstantSource clock = InstantSource.system();
        Incarnation incarnation = ground.incarnation();
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("node-timer").daemon().factory());
        meters.gauge(Meter.CLUSTER_MEMBERS, () -> 1 + member.map(joined -> joined.others().size()).orElse(0));
        this.core = core(clock, random);
        SessionHost host = new SessionHost(
                config.node().name(),
                incarnation,
                new EventLoopIndex(((VertxInternal) vertx).nettyEventLoopGroup()),
                core.switchboard,
                core.sessions,
                meters,
                clock);
        this.estim = new EstimListener(vertx, config.estim(), config.bridge(), config.node().domain(), host, meters);
        this.signalling = new SignallingListener(
                vertx,
                config.signalling(),
                config.node().name(),
                config.node().domain(),
                host,
                core.bus,
                core.servers,
                core.guesses,
                meters,
                random);
        this.relay = new RelayListener(
                vertx,
                config.relay(),
                config.bridge(),
                config.node().name(),
                host,
                core.bus,
                core.servers,
                meters,
                random);
        this.life = new NodeLife(config.node(), new AllDoors(List.of(estim, signalling, relay)), core.sessions, meters, System::nanoTime, clock, () ->
                timer.schedule(stop, BEFORE_STOP.toMillis(), TimeUnit.MILLISECONDS));
        this.roll = roll(incarnation, random);
        this.loops = new EventLoops(vertx, meters);
        this.metrics = new MetricsServer(
                vertx,
                config.metrics().listen(),
                config.metrics().tls(),
                meters,
                ground.registry()::scrape,
                loops,
                // not the database: without it the known users are still served
                List.of(
                        new Readiness("started", () -> started),
                        new Readiness("not-draining", () -> !life.drains()),
                        new Readiness("member", () -> !outOfCluster.future().isComplete()),
                        new Readiness("backups", () -> member.map(ClusterMember::rowsHeldTwice).orElse(true)),
                        new Readiness("bus", () -> member.map(ClusterMember::busHealthy).orElse(true))));
        this.admin = ground.token().map(this::adminServer);
    }

    private Core core(InstantSource clock, SecureRandom random) {
        SharedState shared = member.map(
                        joined -> SharedState.of(joined, config.accounts(), config.signalling().limits(), random))
                .orElseGet(() -> SharedState.alone(config.accounts(), config.signalling().limits(), random));
        return new Core(config, shared, meters, timer, clock, random);
    }

    /**
     * Starts a node and waits until it serves.
     *
     * @throws StartRefused when it cannot, with one line that says why; nothing is left running then
     */
    public static Node start(BrokerConfig config) {
        return start(config, () -> {});
    }

    /** As {@link #start(BrokerConfig)}. {@code stop}: called once, when somebody orders the node to drain and end. */
    static Node start(BrokerConfig config, Runnable stop) {
        SecureRandom random = new SecureRandom();
        Ground ground;
        try {
            ground = Ground.of(config, random);
        } catch (RuntimeException refused) {
            throw new StartRefused(refused.getMessage());
        }
        Node node;
        try {
            node = new Node(config, ground, random, stop);
        } catch (RuntimeException refused) {
            ground.leave();
            throw new StartRefused(refused.getMessage());
        }
        try {
            await(node.open());
        } catch (CompletionException refused) {
            node.stop();
            throw new StartRefused(refused.getCause().getMessage());
        }
        return node;
    }

    private Future<Void> open() {
        timer.scheduleWithFixedDelay(
                core.entitlement::sweepExpired, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
        meters.bindProcess();
        return core.changes
                .start()
                .compose(v -> member.map(this::receive).orElse(Future.succeededFuture()))
                .compose(v -> metrics.start())
                .compose(metricsPorts -> admin.map(AdminServer::start).orElse(Future.succeededFuture(0))
                        .compose(adminPort -> estim.start().compose(doors -> signalling.start().compose(peers ->
                                relay.start().map(relayed -> new Ports(
                                        doors.tcp(), doors.webSocket(), peers, relayed, adminPort,
                                        first(metricsPorts)))))))
                .map(opened -> {
                    ports = opened;
                    started = true;
                    life.serves();
                    timer.execute(this::stepLife);
                    LOG.atInfo()
                            .addKeyValue("node", config.node().name())
                            .addKeyValue("tcp", opened.tcp())
                            .addKeyValue("websocket", opened.webSocket())
                            .addKeyValue("signalling", opened.signalling())
                            .addKeyValue("relay", opened.relay())
                            .addKeyValue("admin", opened.admin())
                            .addKeyValue("metrics", opened.metrics())
                            .log("node serves");
                    return null;
                });
    }

    private void stepLife() {
        life.step();
        if (!timer.isShutdown()) {
            timer.schedule(this::stepLife, life.nextStep().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** From here on the other nodes are heard, and this node's rows are kept true. */
    private Future<Void> receive(ClusterMember joined) {
        timer.scheduleWithFixedDelay(
                core.keeper::reassert, REASSERT.toMillis(), REASSERT.toMillis(), TimeUnit.MILLISECONDS);
        return joined.start(new NodeReceiver(core.switchboard, signalling, relay, roll), new ClusterEvents() {
            @Override
            public void merged() {
                core.keeper.reassert();
                signalling.lookAgain();
            }

            @Override
            public void memberRemoved(NodeId node, Incarnation incarnation, boolean oldestSurvivor) {
                core.keeper.memberRemoved(node, incarnation, oldestSurvivor);
            }

            @Override
            public void outOfCluster() {
                outOfCluster.tryComplete();
            }

            @Override
            public void paused(Duration time) {
                core.bridges.endRemote();
                core.keeper.reassert();
                signalling.lookAgain();
            }
        });
    }

    private static int first(List<Integer> ports) {
        return ports.isEmpty() ? 0 : ports.get(0);
    }

    public Ports ports() {
        return ports;
    }

    /** Done when this node can be a member of its cluster no more: only a new process can. */
    Future<Void> outOfCluster() {
        return outOfCluster.future();
    }

    Accounts accounts() {
        return core.accounts;
    }

    /** Looks at certificate files now. */
    void reload() {
        Future.join(
                        estim.reloadCertificates(),
                        signalling.reload(),
                        relay.reloadCertificates(),
                        metrics.reloadCertificate(),
                        admin.map(AdminServer::reloadCertificate)
                                .orElseGet(() -> Future.succeededFuture(CertificateReload.Result.UNCHANGED)))
                .onComplete(done -> LOG.info("certificates looked at"));
    }

    private NodeRoll roll(Incarnation incarnation, SecureRandom random) {
        NodeId self = config.node().name();
        Fellow alone = new Fellow(self, incarnation, Optional.empty());
        Function<NodeOrder, Future<NodeReport>> own = order -> {
            Future<Optional<String>> refusal = switch (order) {
                case REPORT -> Future.succeededFuture(Optional.empty());
                case DRAIN -> life.drain(false);
                case DRAIN_AND_STOP -> life.drain(true);
                case UNDRAIN -> life.undrain();
            };
            return refusal.map(why -> new NodeReport(why, status(incarnation)));
        };
        return new NodeRoll(
                self,
                core.bus,
                () -> member.map(ClusterMember::fellows).orElse(List.of(alone)),
                own,
                random.nextLong());
    }

    private NodeStatus status(Incarnation incarnation) {
        return new NodeStatus(
                config.node().name(),
                incarnation,
                Version.current(),
                life.state(),
                life.since(),
                core.sessions.connectedCount(),
                core.bridges.count());
    }

    /** Drains the node before its stop: see {@link NodeLife}. Done when nobody is left, or the drain time is over. */
    Future<Void> drain() {
        return life.drain(true).compose(begun -> life.drained());
    }

    /** Closes everything, in the reverse order of the start. Blocks; the second call does nothing. */
    void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        boolean served = started;
        started = false;
        loops.close();
        signalling.handOver();
        Future<Void> closed = Future.join(
                        estim.close(),
                        signalling.close(),
                        relay.close(),
                        admin.map(AdminServer::stop).orElse(Future.succeededFuture()),
                        metrics.close())
                .mapEmpty();
        await(closed.otherwiseEmpty());
        core.beforeLeaving.run();
        ground.leave();
        core.close();
        timer.shutdownNow();
        try {
            meters.close();
        } catch (Exception ofTheGarbageCollectorsListener) {
            LOG.debug("meters: {}", ofTheGarbageCollectorsListener.toString());
        }
        if (served) {
            LOG.info("node stopped");
        }
    }

    private AdminServer adminServer(AdminToken token) {
        AdminCore view = new AdminCore(
                config.node().domain(), operations(core.accounts), core.view, core.explain, roll,
                new RelayDeskClerk(relay), new ConsentClerk(relay));
        return new AdminServer(
                vertx, config.admin().listen(), Optional.of(config.admin().tls()), token, view, meters);
    }

    private static AccountOperations operations(Accounts accounts) {
        return new AccountOperations() {
            @Override
            public Future<Account> create(NewAccount account) {
                return accounts.create(account);
            }

            @Override
            public Future<Optional<Account>> find(AccountId id) {
                return accounts.find(id);
            }

            @Override
            public Future<Optional<Account>> patch(AccountId id, AccountPatch patch) {
                return accounts.patch(id, patch);
            }

            @Override
            public Future<Optional<Account>> ban(AccountId id, BanReason reason) {
                return accounts.ban(id, reason);
            }

            @Override
            public Future<Optional<Account>> unban(AccountId id) {
                return accounts.unban(id);
            }

            @Override
            public Future<Boolean> remove(AccountId id) {
                return accounts.remove(id);
            }

            @Override
            public Future<AccountStore.Page> list(String query, Optional<String> cursor, int limit) {
                return accounts.list(query, cursor, limit);
            }
        };
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
