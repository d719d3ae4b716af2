package io.bridgehead.broker.cluster;

import io.bridgehead.broker.model.NodeId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * When this side of a partition may join the other: as soon as all nodes that it lost can be reached again.
 *
 * <p>When only some can, the partition is a partial one: the cluster put one side out because of it, and would do so
 * again, ending its bridges each time. But a lost node may be gone for good, and nobody here can tell: so it is waited
 * for a minute only, and twice as long each time that it was in vain. One thread at a time.
 */
final class MergeGate {

    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final Duration MAX_PATIENCE = Duration.ofMinutes(16);

    private final LongSupplier nanos;
    private final Map<NodeId, InetSocketAddress> lost = new HashMap<>();
    private Duration patience = PATIENCE;
    private long lostAt;

    MergeGate(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A member left, or is taken for dead; {@code address} is where it heard other members. */
    synchronized void lost(NodeId node, InetSocketAddress address) {
        lost.put(node, address);
        lostAt = nanos.getAsLong();
    }

    /** Where to look for those that are waited for. */
    synchronized Collection<InetSocketAddress> missing(Set<NodeId> members) {
        lost.keySet().removeAll(members);
        return Set.copyOf(lost.values());
    }

    /** @param allReachable whether all {@link #missing} can be reached, or have no process any more */
    synchronized boolean isOpen(boolean allReachable) {
        if (lost.isEmpty()) {
            return true;
        }
        if (allReachable) {
            patience = PATIENCE;
            return true;
        }
        if (nanos.getAsLong() - lostAt < patience.toNanos()) {
            return false;
        }
        patience = patience.multipliedBy(2).compareTo(MAX_PATIENCE) > 0 ? MAX_PATIENCE : patience.multipliedBy(2);
        lost.clear();
        return true;
    }
}
