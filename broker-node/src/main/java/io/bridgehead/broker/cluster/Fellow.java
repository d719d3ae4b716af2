package io.bridgehead.broker.cluster;

import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.util.Optional;

/**
 * A node as the membership knows it. Immutable, any thread.
 *
 * @param address where the other members reach it, as {@code host:port}; empty: it is in no cluster
 */
public record Fellow(NodeId node, Incarnation incarnation, Optional<String> address) {}
