package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.util.List;

/** The questions to owners that wait in the cluster, oldest first, and the nodes that do not tell. Immutable, any thread. */
public record PendingConsents(List<PendingConsent> rows, List<NodeId> missing) {

    public PendingConsents {
        rows = List.copyOf(rows);
        missing = List.copyOf(missing);
    }
}
