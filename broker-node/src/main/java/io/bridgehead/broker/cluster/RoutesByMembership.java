package io.bridgehead.broker.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.map.IMap;
import io.bridgehead.broker.bus.EventLoopIndex;
import io.bridgehead.broker.bus.LoopAddress;
import io.netty.channel.EventLoop;
import io.vertx.core.Completable;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastNodeInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * The cluster manager of the event bus, which finds a node's event loops by the membership itself: a member says its
 * name, and has one Vert.x id for life.
 *
 * <p>The one of Vert.x looks them up in shared maps. In a partition those calls hang for ten seconds, and each survivor
 * deletes the rows of members that it saw leaving, on an event thread that such calls hold up: a node that has left and
 * come back meanwhile loses its rows for good ("Not a member of the cluster"), and when a call fails the routes that
 * were remembered stay for ever, for nobody tells the bus to forget them. The map of consumers is still written, for nodes of an older version.
 */
final class RoutesByMembership extends HazelcastClusterManager {

    private static final String VERTX_ID_ATTRIBUTE = "__vertx.nodeId";
    static final String ADDRESSES = "__vertx.nodeInfo";

    /**
     * So long the map of addresses is waited for, then what the member says of itself is taken: while Hazelcast repairs what a
     * dead node held, a call takes seconds.
     */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    /** Where the bus of a Vert.x id listens never changes. Those of members only, so there are never many. */
    private final Map<String, NodeInfo> addresses = new ConcurrentHashMap<>();

    /** Loop addresses whose routes the bus may remember. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile ContextInternal dialling;
    private volatile NodeInfo own;
    private volatile RegistrationListener routes = new RegistrationListener() {};

    RoutesByMembership(Config config) {
        super(config);
    }

    @Override
    public void registrationListener(RegistrationListener listener) {
        routes = listener;
        super.registrationListener(new RegistrationListener() {
            @Override
            public boolean wantsUpdatesFor(String address) {
                // what the map says of them does not matter
                return !LoopAddress.isOne(address) && listener.wantsUpdatesFor(address);
            }

            @Override
            public void registrationsUpdated(RegistrationUpdateEvent event) {
                listener.registrationsUpdated(event);
            }

            @Override
            public void registrationsLost() {
                listener.registrationsLost();
            }
        });
    }

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> answer) {
        if (!LoopAddress.isOne(address)) {
            super.getRegistrations(address, answer);
            return;
        }
        // before the look at the members: a change that comes between the two is not missed
        asked.add(address);
        // a second one of that name is younger, and about to be refused; a member without a bus has no id
        Optional<String> id = getHazelcastInstance().getCluster().getMembers().stream()
                .filter(member -> LoopAddress.isOf(member.getAttribute(HazelcastSettings.NODE_ATTRIBUTE), address))
                .flatMap(member -> Stream.ofNullable(idOf(member)))
                .findFirst();
        if (id.isEmpty()) {
            answer.succeed(List.of());
            return;
        }
        RegistrationInfo route = new RegistrationInfo(id.get(), 0, false);
        // a node that has just joined listens a little later
        lookUp(id.get(), (info, notYet) -> answer.succeed(notYet == null ? List.of(route) : List.of()));
    }

    private static String idOf(Member member) {
        return member.getAttribute(VERTX_ID_ATTRIBUTE);
    }

    @Override
    public void setNodeInfo(NodeInfo info, Completable<Void> answer) {
        own = info;
        super.setNodeInfo(info, answer);
    }

    @Override
    public void init(Vertx vertx) {
        super.init(vertx);
        VertxInternal internal = (VertxInternal) vertx;
        EventLoop first = new EventLoopIndex(internal.nettyEventLoopGroup()).all().getFirst();
        dialling = internal.contextBuilder().withEventLoop(first).build();
    }

    /**
     * The bus dials a node where it hears of its address: on the first event loop, where it accepts. Bridges sit there,
     * and one that had to hand over to another loop would take far longer for a round trip.
     */
    @Override
    public void getNodeInfo(String id, Completable<NodeInfo> answer) {
        lookUp(id, (info, failure) -> {
            try {
                dialling.runOnContext(now -> answer.complete(info, failure));
            } catch (RejectedExecutionException closed) {
                answer.fail(closed);
            }
        });
    }

    private void lookUp(String id, Completable<NodeInfo> answer) {
        NodeInfo known = addresses.get(id);
        if (known != null) {
            answer.succeed(known);
            return;
        }
        Promise<NodeInfo> found = Promise.promise();
        found.future()
                .onSuccess(info -> {
                    addresses.keySet().retainAll(getNodes());
                    addresses.put(id, info);
                })
                .onComplete(answer);
        super.getNodeInfo(id, (info, failure) -> {
            if (failure == null) {
                found.tryComplete(info);
            } else {
                found.tryFail(failure);
            }
        });
        if (!found.future().isComplete()) {
            said(id).ifPresent(address -> dialling.setTimer(PATIENCE.toMillis(), late -> found.tryComplete(address)));
        }
    }

    /** Where the bus of this id listens, as its member says it. */
    private Optional<NodeInfo> said(String id) {
        return getHazelcastInstance().getCluster().getMembers().stream()
                .filter(member -> id.equals(idOf(member)))
                .flatMap(member -> Stream.ofNullable(member.getAttribute(HazelcastSettings.BUS_ATTRIBUTE)))
                .map(RoutesByMembership::address)
                .findFirst();
    }

    private static NodeInfo address(String written) {
        int colon = written.lastIndexOf(':');
        return new NodeInfo(written.substring(0, colon), Integer.parseInt(written.substring(colon + 1)), null);
    }

    /**
     * Sees to it that other nodes can look up where this one's bus listens. Once a second; does not block, and does
     * nothing while the last look waits for its answer.
     */
    void assertAddress() {
        NodeInfo info = own;
        if (info == null || !looking.compareAndSet(false, true)) {
            return;
        }
        try {
            IMap<String, HazelcastNodeInfo> rows = getHazelcastInstance().getMap(ADDRESSES);
            rows.getAsync(getNodeId())
                    .thenAccept(row -> {
                        if (row == null) {
                            rows.setAsync(getNodeId(), new HazelcastNodeInfo(info));
                        }
                    })
                    .whenComplete((done, failure) -> looking.set(false));
        } catch (HazelcastInstanceNotActiveException leaving) {
            looking.set(false);
        }
    }

    /** Routes are computed anew when next needed. Any thread. */
    void forgetRoutes() {
        for (String address : asked) {
            asked.remove(address);
            // "registrations lost" does nothing in 5.0.12; news that there are none makes the bus ask again
            routes.registrationsUpdated(new RegistrationUpdateEvent(address, List.of()));
        }
    }

    /** Others may be told late, and in any order: what counts is who is a member now. */
    @Override
    public void memberRemoved(MembershipEvent event) {
        forgetRoutes();
        if (!getNodes().contains(idOf(event.getMember()))) {
            super.memberRemoved(event);
        }
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        forgetRoutes();
        super.memberAdded(event);
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
            forgetRoutes();
        }
        super.stateChanged(event);
    }
}
