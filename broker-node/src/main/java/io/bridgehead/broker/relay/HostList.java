package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.util.List;

/**
 * A page of the hosts of the cluster, in order of service and id, not older than some seconds.
 *
 * @param more whether there are hosts behind these
 * @param missing nodes that have not told of theirs for too long
 */
public record HostList(List<HostStand> hosts, boolean more, List<NodeId> missing) {

    public HostList {
        hosts = List.copyOf(hosts);
        missing = List.copyOf(missing);
    }
}
