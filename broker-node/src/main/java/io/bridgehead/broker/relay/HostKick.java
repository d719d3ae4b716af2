package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.util.List;

/**
 * What became of ending a host's connections.
 *
 * @param found whether a node that answered had any
 * @param silent nodes that did not answer: nobody knows of theirs
 */
public record HostKick(boolean found, List<NodeId> silent) {

    public HostKick {
        silent = List.copyOf(silent);
    }
}
