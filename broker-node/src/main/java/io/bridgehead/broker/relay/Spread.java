package io.bridgehead.broker.relay;

/** Which of several hosts of a service a client gets. */
enum Spread {
    /** The host with the fewest clients; of equals the one that has waited longest. */
    LEAST_LOADED,
    /** The host that has waited longest. */
    LONGEST_WAITING,
    /** The same host for the same client address, for as long as that host waits somewhere. */
    STICKY
}
