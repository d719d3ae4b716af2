package io.bridgehead.broker.bus;

/** Answer to {@link NodeOrdered} of that number. */
public record NodeReported(long number, NodeReport report) implements NodeMessage.OfNode {}
