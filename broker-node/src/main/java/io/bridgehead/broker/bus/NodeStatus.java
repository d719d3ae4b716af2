package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.time.Instant;

/**
 * How a node stands, in its own words. Immutable, any thread.
 *
 * @param incarnation the life that speaks
 * @param version of the program
 * @param since when the state began, to the millisecond
 * @param sessions connections, those that have not registered among them
 * @param bridges bridges with an end on it
 */
public record NodeStatus(
        NodeId node, Incarnation incarnation, String version, NodeState state, Instant since, int sessions, int bridges) {

    public NodeStatus {
        if (sessions < 0 || bridges < 0) {
            throw new IllegalArgumentException(
                    "%d sessions, %d bridges (expected: at least 0)".formatted(sessions, bridges));
        }
    }
}
