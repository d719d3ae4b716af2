package io.bridgehead.broker.bus;

/** Whether a node takes users, as its operators see it. */
public enum NodeState {
    /** It opens its listeners. */
    STARTING,
    /** It takes users. */
    READY,
    /** It takes none any more and lets go of those it has; can be taken back. */
    DRAINING,
    /** It has no users and takes none, until it is told to. */
    DRAINED,
    /** It drains and ends then; cannot be taken back. */
    STOPPING
}
