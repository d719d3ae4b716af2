package io.bridgehead.broker.bench;

import java.io.IOException;

/** A call from one user to another, by one thread that plays both. */
final class Calls {

    private Calls() {}

    /** Returns the nanoseconds from sending {@code ;connect} to reading {@code ;connected} at the caller. */
    static long connect(LineClient caller, String callerId, LineClient callee, String calleeId) throws IOException {
        long sent = System.nanoTime();
        caller.send(";connect=" + calleeId);
        callee.await(";connect=" + callerId);
        callee.send(";accept=" + callerId);
        caller.await(";connected");
        long taken = System.nanoTime() - sent;
        callee.await(";connected");
        return taken;
    }
}
