package io.bridgehead.broker.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.bus.BusTap;
import io.bridgehead.broker.bus.EventLoopIndex;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node as a member of the cluster: its Vert.x, its Hazelcast, its bus. Joining blocks and belongs to the main
 * thread; the rest is for any thread.
 */
public final class ClusterMember {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final EventLoopIndex loops;
    private final Membership membership;
    private final EventBusNodeBus bus;
    private final BusCheck check;
    private final RoutesByMembership routes;
    private final MergeSearch search;
    private final FirstBackups backups;
    private volatile Runnable stopTicking = () -> {};

    private ClusterMember(Vertx vertx, RoutesByMembership routes, NodeId self, BridgeCargo cargo) {
        this.vertx = vertx;
        this.routes = routes;
        this.hazelcast = routes.getHazelcastInstance();
        this.loops = new EventLoopIndex(((VertxInternal) vertx).nettyEventLoopGroup());
        this.search = new MergeSearch(hazelcast, this::others);
        this.backups = new FirstBackups(hazelcast.getPartitionService()::isClusterSafe, FirstBackups.PATIENCE);
        this.membership = new Membership(hazelcast, this::gone, search::lost, this::ended);
        this.bus = new EventBusNodeBus(vertx, self, loops, cargo, membership::others, this::pinged);
        this.check = new BusCheck(self, bus, this::gone, System::nanoTime);
    }

    /**
     * Who joins, and as what.
     *
     * @param storeUrl of the accounts: SQLite does not go with members on other machines
     * @param parts what the registries add to the member's configuration
     */
    public record Joining(
            ClusterConfig cluster, NodeId node, Incarnation incarnation, String storeUrl, List<ConfigPart> parts) {

        public Joining {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Joins, and waits until this node is a member, which is tried as {@link JoinTries#OF_A_NODE} says while others do not
     * answer; nothing is received before {@link #start}. Blocks.
     *
     * @param options of the Vert.x; those of the event bus are overwritten
     * @param builder how a Vert.x is built on this machine, such as {@code NativeTransport::builder}
     * @throws ClusterRefused when the node must not or cannot join; nothing is left running then
     */
    public static ClusterMember join(
            Joining joining, VertxOptions options, BiFunction<VertxOptions, BusTap, VertxBuilder> builder) {
        JoinChecks.beforeTheJoin(joining.cluster());
        return JoinTries.OF_A_NODE.join(() -> joinOnce(joining, options, builder));
    }

    private static ClusterMember joinOnce(
            Joining joining, VertxOptions options, BiFunction<VertxOptions, BusTap, VertxBuilder> builder) {
        Config config = HazelcastSettings.of(
                joining.cluster(), joining.node(), joining.incarnation(), joining.parts());
        BridgeCargo cargo = new BridgeCargo(joining.cluster().eventBus().get(0), new SecureRandom());
        RoutesByMembership manager = new RoutesByMembership(config);
        VertxOptions clustered = new VertxOptions(options)
                .setEventLoopPoolSize(Math.min(options.getEventLoopPoolSize(), SessionId.MAX_LOOPS))
                .setEventBusOptions(BusSettings.of(joining.cluster()));
        Vertx vertx;
        try {
            vertx = await(builder.apply(clustered, cargo).withClusterManager(manager).buildClustered(), joining);
        } catch (ClusterRefused refused) {
            if (manager.getHazelcastInstance() != null) {
                // Vert.x may not have got as far as to end it
                manager.getHazelcastInstance().getLifecycleService().terminate();
            }
            throw refused;
        }
        try {
            ClusterMember member = new ClusterMember(vertx, manager, joining.node(), cargo);
            JoinChecks.uniqueName(joining.node(), member.membership.older());
            JoinChecks.sharedStore(joining.storeUrl(), member.addresses());
            return member;
        } catch (ClusterRefused refused) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            throw refused;
        }
    }

    private static Vertx await(Future<Vertx> joined, Joining joining) {
        try {
            return joined.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw refused(failed.getCause(), joining.cluster());
        }
    }

    private static ClusterRefused refused(Throwable cause, ClusterConfig cluster) {
        // what Hazelcast throws when the members refuse a joiner; their reason it only logs
        if (cause instanceof IllegalStateException && "Node failed to start!".equals(cause.getMessage())) {
            return new ClusterRefused("cluster.name: " + cluster.name() + ": the members refused this node (expected: "
                    + "members with Hazelcast " + HazelcastVersion.minor() + " like this one; a new minor cannot join "
                    + "a running cluster); their reason is in the log", cause);
        }
        return new ClusterRefused("cluster.listen: " + cluster.listen().get(0) + ", cluster.event-bus: "
                + cluster.eventBus().get(0) + ": could not join: " + ClusterRefused.rootOf(cause).getMessage(), cause);
    }

    private List<InetAddress> addresses() {
        List<InetAddress> addresses = new ArrayList<>();
        for (Member member : hazelcast.getCluster().getMembers()) {
            try {
                addresses.add(member.getAddress().getInetAddress());
            } catch (UnknownHostException unknown) {
                LOG.atWarn().addKeyValue("node", member.getAddress()).log("a member's address cannot be looked up");
            }
        }
        return addresses;
    }

    /** From here on messages and changes are told to these two. Done when the other nodes can reach this one. */
    public Future<Void> start(NodeBus.Receiver receiver, ClusterEvents events) {
        PauseWatch pauses = new PauseWatch(System::nanoTime, time -> paused(time, events));
        return bus.start(receiver).map(registered -> {
            membership.watch(events);
            ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
            long ticks = context.setPeriodic(BusCheck.PERIOD.toMillis(), id -> {
                pauses.tick();
                membership.look();
                routes.assertAddress();
                check.tick();
            });
            search.start();
            backups.start();
            stopTicking = () -> vertx.cancelTimer(ticks);
            return null;
        });
    }

    /**
     * Leaves the cluster, gracefully and within 20 s, and closes the Vert.x: the bus first, Hazelcast last. Everything
     * that uses either has to be closed before.
     */
    public Future<Void> leave() {
        membership.leaving();
        stopTicking.run();
        search.close();
        backups.close();
        return vertx.close();
    }

    private void paused(Duration time, ClusterEvents events) {
        LOG.atWarn().addKeyValue("time", time).log("this process stood still");
        events.paused(time);
    }

    private void gone(NodeId node) {
        // the events that tell the bus's own cluster manager may be held up
        routes.forgetRoutes();
        bus.nodeGone(node);
    }

    private void ended() {
        bus.silence();
    }

    private void pinged(NodeId from) {
        check.pinged(from);
    }

    /** Closed by {@link #leave}. */
    public Vertx vertx() {
        return vertx;
    }

    /** Shut down by {@link #leave}, and by nobody else. */
    public HazelcastInstance hazelcast() {
        return hazelcast;
    }

    public EventLoopIndex loops() {
        return loops;
    }

    public NodeBus bus() {
        return bus;
    }

    /** The other nodes that are members now. */
    public Set<NodeId> others() {
        return membership.others();
    }

    /** Every member as the membership knows it, this node among them. */
    public List<Fellow> fellows() {
        return membership.fellows();
    }

    /** For readiness: whether every shared row has been held by two nodes since this one joined; stays so. */
    public boolean rowsHeldTwice() {
        return backups.areThere();
    }

    /** For readiness: whether this node and the others hear each other on the bus; recovers by itself. */
    public boolean busHealthy() {
        return check.healthy();
    }
}
