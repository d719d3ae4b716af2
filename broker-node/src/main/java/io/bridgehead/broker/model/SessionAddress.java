package io.bridgehead.broker.model;

/** Where a session is: its node, and its id (which bears the node's incarnation). Immutable, any thread. */
public record SessionAddress(NodeId node, SessionId session) {}
