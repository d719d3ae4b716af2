package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.NodeId;

/**
 * An order for the node that gets it; it tells {@code from} with {@link NodeReported}.
 *
 * @param number of the question, among those of {@code from}
 */
public record NodeOrdered(NodeId from, long number, NodeOrder order) implements NodeMessage.OfNode {}
