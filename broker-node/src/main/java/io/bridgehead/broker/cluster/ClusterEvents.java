package io.bridgehead.broker.cluster;

import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.time.Duration;

/** What happens to the membership, for those who keep rows in the cluster. Any thread; must not block. */
public interface ClusterEvents {

    /** Two halves have become one again, and this node's rows may have lost: assert them anew. */
    void merged();

    /**
     * A member has left or is taken for dead.
     *
     * @param incarnation the life that ended: a new one of the same name may be there already
     * @param oldestSurvivor whether this node is the one that drops the dead life's rows; the others only assert theirs
     */
    void memberRemoved(NodeId node, Incarnation incarnation, boolean oldestSurvivor);

    /** Hazelcast has ended in this process, though nobody asked it to: only a new process can be a member again. */
    void outOfCluster();

    /** This process stood still for {@code time}: the others may have taken it for dead, and given its users away. */
    void paused(Duration time);
}
