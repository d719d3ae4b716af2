package io.bridgehead.broker.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in the cluster, by node name. Looks when Hazelcast tells of a change, and {@link #look} is called besides:
 * Hazelcast's event threads may be held for seconds by the cluster manager, which cleans its maps there. Any thread.
 */
final class Membership implements MembershipListener, LifecycleListener {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private final HazelcastInstance hazelcast;
    private final Consumer<NodeId> gone;
    private final BiConsumer<NodeId, InetSocketAddress> lost;
    private final Map<UUID, Life> known = new HashMap<>();
    private volatile Set<NodeId> others = Set.of();
    private final Runnable ended;
    private volatile ClusterEvents events;
    private volatile boolean leaving;

    /** One life of another node, and where it hears other members. */
    private record Life(NodeId node, Incarnation incarnation, InetSocketAddress address) {}

    /**
     * @param gone told of a node that has left, before the {@link ClusterEvents} are
     * @param lost told the same, and where the node was
     * @param ended run when this node can be no member any more, before the {@link ClusterEvents} are told
     */
    Membership(
            HazelcastInstance hazelcast,
            Consumer<NodeId> gone,
            BiConsumer<NodeId, InetSocketAddress> lost,
            Runnable ended) {
        this.hazelcast = hazelcast;
        this.gone = gone;
        this.lost = lost;
        this.ended = ended;
        compare();
    }

    /** From here on changes are told. */
    void watch(ClusterEvents to) {
        this.events = to;
        hazelcast.getLifecycleService().addLifecycleListener(this);
        hazelcast.getCluster().addMembershipListener(this);
        look();
    }

    /** From here on it is no surprise that Hazelcast ends. */
    void leaving() {
        leaving = true;
    }

    Set<NodeId> others() {
        return others;
    }

    /** The members now, this node among them. */
    List<Fellow> fellows() {
        return hazelcast.getCluster().getMembers().stream()
                .flatMap(member -> lifeOf(member).map(life -> fellow(member, life)).stream())
                .toList();
    }

    private static Fellow fellow(Member member, Life life) {
        Address address = member.getAddress();
        return new Fellow(
                life.node(),
                life.incarnation(),
                Optional.of(new Endpoint(address.getHost(), address.getPort()).toString()));
    }

    /** Names of the members that joined before this one. */
    List<NodeId> older() {
        return hazelcast.getCluster().getMembers().stream()
                .takeWhile(member -> !member.localMember())
                .flatMap(member -> lifeOf(member).map(Life::node).stream())
                .toList();
    }

    /** Compares the members with those of the last look, and tells what has changed. */
    void look() {
        if (!hazelcast.getLifecycleService().isRunning()) {
            return;
        }
        List<Life> left = compare();
        boolean oldest = hazelcast.getCluster().getMembers().iterator().next().localMember();
        left.forEach(life -> {
            LOG.atInfo().addKeyValue("node", life.node()).log("a node left");
            lost.accept(life.node(), life.address());
            gone.accept(life.node());
            events.memberRemoved(life.node(), life.incarnation(), oldest);
        });
    }

    private synchronized List<Life> compare() {
        Map<UUID, Life> now = new HashMap<>();
        for (Member member : hazelcast.getCluster().getMembers()) {
            if (!member.localMember()) {
                lifeOf(member).ifPresent(life -> now.put(member.getUuid(), life));
            }
        }
        others = now.values().stream().map(Life::node).collect(Collectors.toUnmodifiableSet());
        List<Life> left = new ArrayList<>();
        known.forEach((id, life) -> {
            if (!now.containsKey(id)) {
                left.add(life);
            }
        });
        known.clear();
        known.putAll(now);
        return left;
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        lifeOf(event.getMember())
                .ifPresent(life -> LOG.atInfo().addKeyValue("node", life.node()).log("a node joined"));
        look();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        look();
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        switch (event.getState()) {
            case MERGED -> {
                LOG.info("two halves of the cluster merged");
                look();
                events.merged();
            }
            case MERGE_FAILED, SHUTDOWN -> {
                if (!leaving) {
                    LOG.error("the member has ended ({}): this process cannot be one again", event.getState());
                    ended.run();
                    events.outOfCluster();
                }
            }
            default -> {
                // on the way to one of these
            }
        }
    }

    private static Optional<Life> lifeOf(Member member) {
        String node = member.getAttribute(HazelcastSettings.NODE_ATTRIBUTE);
        String incarnation = member.getAttribute(HazelcastSettings.INCARNATION_ATTRIBUTE);
        return node == null || incarnation == null
                ? Optional.empty()
                : Optional.of(new Life(
                        new NodeId(node), new Incarnation(Long.parseLong(incarnation)), member.getSocketAddress()));
    }
}
