package io.bridgehead.broker.relay;

/**
 * One host connection on trial, from the moment it is given to a client: a host that ends it at once, before it has said a
 * word, is judged by its desk. One event loop.
 */
final class HostTrial {

    private final RelayDesk desk;
    /** Null: it has no client, or its host was judged by it already. */
    private HostKey host;
    private long begunNanos;

    HostTrial(RelayDesk desk) {
        this.desk = desk;
    }

    void begin(HostKey of) {
        host = of;
        begunNanos = System.nanoTime();
    }

    /** The host said something. */
    void heard() {
        if (host != null) {
            desk.heard(host);
            host = null;
        }
    }

    /** The host ended the connection. */
    void ended() {
        if (host != null && System.nanoTime() - begunNanos < HostHealth.AT_ONCE.toNanos()) {
            desk.dropped(host);
        }
        host = null;
    }

    /** It was somebody else who ended it. */
    void callOff() {
        host = null;
    }
}
