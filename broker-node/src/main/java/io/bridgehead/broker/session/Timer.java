package io.bridgehead.broker.session;

/** The timers a session may ask for. Each runs at most once at a time per session. */
public enum Timer {
    /** The client must have registered by then. */
    REGISTRATION,
    /** The callee must have answered by then. */
    CALL
}
