package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.CallId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/** A connection, as the bridge it is spliced to uses it. All calls but {@link #eventLoop} on its context. */
public interface BridgeEnd {

    /** The one thread that may call the rest; it changes when the connection moves. */
    EventLoop eventLoop();

    /** Runs the task on the connection's event loop, wherever that is by then. Any thread. */
    void execute(Runnable task);

    /**
     * Moves the connection to another event loop, if it can be moved: two sockets on one loop need no hand-over between
     * threads. Nothing may be on its way to it meanwhile. Calls {@code moved} on the loop it is on then.
     */
    void moveTo(EventLoop target, Runnable moved);

    /** Writes the partner's bytes to the client; takes over the reference. */
    void deliver(ByteBuf bytes);

    /**
     * The partner's client sends no more: nothing will be delivered behind this, and what this end sends still arrives.
     * Only in rooms that have half a close; the others end the bridge.
     */
    default void finished() {}

    /** Whether the client is slower than its partner: its write queue is over the mark. */
    boolean congested();

    /** Stop reading from the client. */
    void hold();

    /** Read again. */
    void release();

    /** The other end ended the bridge; nothing will be delivered any more. */
    void ended(CallId call);
}
