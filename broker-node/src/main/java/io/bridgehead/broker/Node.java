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
import io.bridgehead.broker.cluster.ClusterEvents;
import io.bridgehead.broker.cluster.ClusterMember;
import io.bridgehead.broker.cluster.ConfigPart;
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
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.signalling.SignallingListener;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: wires everything, and knows the order of start, drain and stop. The only place that knows everybody.
 * {@link #start} blocks and belongs to the main thread; the rest is for any thread.
 */
public final class Node {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** Clients that are asked to leave come back somewhere: not all at once. Sessions a step, steps 100 ms apart. */
    private static final int EVICTIONS_A_STEP = 50;

    private static final Duration STEP = Duration.ofMillis(100);

    /** The registry is a copy that may lose rows. */
    private static final Duration REASSERT = Duration.ofSeconds(60);

    private static final Duration SWEEP = Duration.ofMillis(500);

    private final BrokerConfig config;
    private final ScheduledExecutorService timer;
    private final PrometheusMeterRegistry registry;
    private final Meters meters;
    private final Optional<ClusterMember> member;
    private final Vertx vertx;
    private final Core core;
    private final EventLoops loops;
    private final EstimListener estim;
    private final SignallingListener signalling;
    private final MetricsServer metrics;
    private final Optional<AdminServer> admin;

    private volatile boolean started;
    private volatile boolean draining;
    private volatile Ports ports;

    /** The actual ports; 0 where a listener is off. */
    public record Ports(
            List<Integer> tcp, List<Integer> webSocket, List<Integer> signalling, int admin, int metrics) {}

    private Node(BrokerConfig config) {
        this.config = config;
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.meters = new Meters(registry);
        meters.build(Version.current(), Runtime.version().toString());
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("node-timer").daemon().factory());
        NativeTransport transport = NativeTransport.best(meters);
        // one loop a core: a bridge then more often has both ends on one
        VertxOptions options =
                new VertxOptions().setEventLoopPoolSize(Runtime.getRuntime().availableProcessors());
        Incarnation incarnation = Incarnation.random(random);
        this.member = config.cluster().enabled()
                ? Optional.of(join(config, incarnation, options, transport))
                : Optional.empty();
        meters.gauge(Meter.CLUSTER_MEMBERS, () -> 1 + member.map(joined -> joined.others().size()).orElse(0));
        this.vertx = member.map(ClusterMember::vertx).orElseGet(() -> transport.builder(options).build());
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
                meters,
                random);
        this.loops = new EventLoops(vertx, meters);
        this.metrics = new MetricsServer(
                vertx,
                config.metrics().listen(),
                config.metrics().tls(),
                meters,
                registry::scrape,
                loops,
                // not the database: without it the known users are still served
                List.of(
                        new Readiness("started", () -> started),
                        new Readiness("not-draining", () -> !draining),
                        new Readiness("bus", () -> member.map(ClusterMember::busHealthy).orElse(true))));
        this.admin = config.admin().listen().isEmpty() ? Optional.empty() : Optional.of(adminServer(random));
    }

    private static ClusterMember join(
            BrokerConfig config, Incarnation incarnation, VertxOptions options, NativeTransport transport) {
        ConfigPart maps = hazelcast -> RegistryMaps.addTo(hazelcast, config.cluster().expectedNodes());
        return ClusterMember.join(
                new ClusterMember.Joining(
                        config.cluster(), config.node().name(), incarnation, config.store().url(), List.of(maps)),
                options,
                transport::builder);
    }

    private Core core(InstantSource clock, SecureRandom random) {
        try {
            SharedState shared = member.map(joined -> SharedState.of(joined, config.accounts(), random))
                    .orElseGet(() -> SharedState.alone(config.accounts(), random));
            return new Core(config, shared, meters, timer, clock, random);
        } catch (RuntimeException refused) {
            await(vertx.close());
            throw refused;
        }
    }

    /**
     * Starts a node and waits until it serves.
     *
     * @throws StartRefused when it cannot, with one line that says why; nothing is left running then
     */
    public static Node start(BrokerConfig config) {
        Node node;
        try {
            node = new Node(config);
        } catch (RuntimeException refused) {
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
                        .compose(adminPort -> estim.start().compose(doors -> signalling.start().map(peers ->
                                new Ports(doors.tcp(), doors.webSocket(), peers, adminPort, first(metricsPorts))))))
                .map(opened -> {
                    ports = opened;
                    started = true;
                    LOG.atInfo()
                            .addKeyValue("node", config.node().name())
                            .addKeyValue("tcp", opened.tcp())
                            .addKeyValue("websocket", opened.webSocket())
                            .addKeyValue("signalling", opened.signalling())
                            .addKeyValue("admin", opened.admin())
                            .addKeyValue("metrics", opened.metrics())
                            .log("node serves");
                    return null;
                });
    }

    /** From here on the other nodes are heard, and this node's rows are kept true. */
    private Future<Void> receive(ClusterMember joined) {
        timer.scheduleWithFixedDelay(
                core.keeper::reassert, REASSERT.toMillis(), REASSERT.toMillis(), TimeUnit.MILLISECONDS);
        return joined.start(new NodeReceiver(core.switchboard, signalling), new ClusterEvents() {
            @Override
            public void merged() {
                core.keeper.reassert();
                signalling.keepRows();
            }

            @Override
            public void memberRemoved(NodeId node, Incarnation incarnation, boolean oldestSurvivor) {
                core.keeper.memberRemoved(node, incarnation, oldestSurvivor);
            }

            @Override
            public void paused(Duration time) {
                core.bridges.endRemote();
                core.keeper.reassert();
                signalling.keepRows();
            }
        });
    }

    private static int first(List<Integer> ports) {
        return ports.isEmpty() ? 0 : ports.get(0);
    }

    public Ports ports() {
        return ports;
    }

    Accounts accounts() {
        return core.accounts;
    }

    /** Looks at certificate files now. */
    void reload() {
        Future.join(
                        estim.reloadCertificates(),
                        signalling.reload(),
                        metrics.reloadCertificate(),
                        admin.map(AdminServer::reloadCertificate)
                                .orElseGet(() -> Future.succeededFuture(CertificateReload.Result.UNCHANGED)))
                .onComplete(done -> LOG.info("certificates looked at"));
    }

    /**
     * Drains: not ready, no new connections, users who are not bridged are sent away, bridges may finish until
     * {@code node.drain-time} is over. Then what is left is closed with its reason. Blocks.
     */
    void drain() {
        draining = true;
        LOG.atInfo().addKeyValue("deadline", config.node().drainTime()).log("node drains");
        await(Future.join(estim.stopAccepting(), signalling.stopAccepting()));
        long deadline = System.nanoTime() + config.node().drainTime().toNanos();
        while (core.sessions.connectedCount() > 0 && System.nanoTime() < deadline) {
            core.sessions.all().stream()
                    .filter(session -> session.info().partner().isEmpty())
                    .limit(EVICTIONS_A_STEP)
                    .forEach(session -> session.evict(CloseReason.SHUTDOWN));
            pause();
        }
        List<LocalSession> left = List.copyOf(core.sessions.all());
        left.forEach(session -> session.evict(CloseReason.SHUTDOWN));
        long grace = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (core.sessions.connectedCount() > 0 && System.nanoTime() < grace) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException stopNow) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes everything, in the reverse order of the start. Blocks; harmless when called twice. */
    void stop() {
        boolean served = started;
        started = false;
        loops.close();
        signalling.handOver();
        Future<Void> closed = Future.join(
                        estim.close(),
                        signalling.close(),
                        admin.map(AdminServer::stop).orElse(Future.succeededFuture()),
                        metrics.close())
                .mapEmpty();
        await(closed.otherwiseEmpty());
        core.beforeLeaving.run();
        await(member.map(ClusterMember::leave).orElseGet(vertx::close).otherwiseEmpty());
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

    private AdminServer adminServer(SecureRandom random) {
        AdminToken token;
        try {
            token = AdminToken.open(config.admin().tokenFile(), random);
        } catch (IOException refused) {
            core.close();
            throw new StartRefused(refused.getMessage());
        }
        AdminCore view = new AdminCore(
                config.node().domain(), operations(core.accounts), core.sessions, core.bridges::list, core.explain);
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
