package io.bridgehead.broker.bus;

/** What an operator may ask of a node. Each may be asked again: what is so already stays so. */
public enum NodeOrder {
    /** Nothing but how it stands. */
    REPORT,
    /** Let go of the users; stay in the cluster. */
    DRAIN,
    /** Let go of the users, then end the process. */
    DRAIN_AND_STOP,
    /** Take users again. */
    UNDRAIN
}
