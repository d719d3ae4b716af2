package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.util.List;

/**
 * A host as the operator sees it, on all its nodes. Immutable, any thread.
 *
 * @param id its own {@code host_id}, or its address behind an {@code @}
 * @param nodes where it has connections, in order of name
 */
public record HostStand(String service, String id, List<OnNode> nodes) {

    public HostStand {
        nodes = List.copyOf(nodes);
    }

    /**
     * Its connections on one node.
     *
     * @param waiting data connections that wait for a client; 0 while the host is out
     * @param waitedMillis how long the longest of them has waited
     * @param clients data connections that have a client
     * @param commands command connections
     */
    public record OnNode(NodeId node, int waiting, long waitedMillis, int clients, int commands) {}
}
