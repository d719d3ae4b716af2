package io.bridgehead.broker.listener;

import io.vertx.core.Future;

/** The doors of a room, as a drain needs them: one call after the other. Any thread. */
public interface Doors {

    /** Closes the listening sockets only: connections go on. */
    Future<Void> stopAccepting();

    /** Takes {@link #stopAccepting} back, on the same ports; all of them or none. Fails with a {@link ListenFailure}. */
    Future<Void> acceptAgain();

    /** Connections that are open, those in their hand-shake among them. Never blocks. */
    int open();
}
