package io.bridgehead.broker.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is in the cluster, by node name. Written by Hazelcast's event threads; read by any thread. */
final class Membership implements MembershipListener, LifecycleListener {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private final HazelcastInstance hazelcast;
    private final Consumer<NodeId> gone;
    private volatile ClusterEvents events;
    private volatile Set<NodeId> others;

    /** @param gone told of a node that has left, before the {@link ClusterEvents} are */
    Membership(HazelcastInstance hazelcast, Consumer<NodeId> gone) {
        this.hazelcast = hazelcast;
        this.gone = gone;
        this.others = now();
    }

    /** From here on changes are told. */
    void watch(ClusterEvents to) {
        this.events = to;
        hazelcast.getLifecycleService().addLifecycleListener(this);
        hazelcast.getCluster().addMembershipListener(this);
        this.others = now();
    }

    Set<NodeId> others() {
        return others;
    }

    /** Names of the members that joined before this one. */
    List<NodeId> older() {
        return hazelcast.getCluster().getMembers().stream()
                .takeWhile(member -> !member.localMember())
                .flatMap(member -> nameOf(member).stream())
                .toList();
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        others = now();
        nameOf(event.getMember())
                .ifPresent(node -> LOG.atInfo().addKeyValue("node", node).log("a node joined"));
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        others = now();
        nameOf(event.getMember()).ifPresent(node -> {
            LOG.atInfo().addKeyValue("node", node).log("a node left");
            gone.accept(node);
            boolean oldest = event.getMembers().iterator().next().localMember();
            events.memberRemoved(node, incarnationOf(event.getMember()), oldest);
        });
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
            LOG.info("two halves of the cluster merged");
            Set<NodeId> left = new HashSet<>(others);
            others = now();
            left.removeAll(others);
            left.forEach(gone);
            events.merged();
        }
    }

    private Set<NodeId> now() {
        return hazelcast.getCluster().getMembers().stream()
                .filter(member -> !member.localMember())
                .flatMap(member -> nameOf(member).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<NodeId> nameOf(Member member) {
        return Optional.ofNullable(member.getAttribute(HazelcastSettings.NODE_ATTRIBUTE)).map(NodeId::new);
    }

    private static Incarnation incarnationOf(Member member) {
        return new Incarnation(Long.parseLong(member.getAttribute(HazelcastSettings.INCARNATION_ATTRIBUTE)));
    }
}
