package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.CallId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/** A connection, as the bridge it is spliced to uses it. All calls but {@link #eventLoop} on its context. */
public interface BridgeEnd {

    /** The one thread that may call the rest. */
    EventLoop eventLoop();

    /** Writes the partner's bytes to the client; takes over the reference. */
    void deliver(ByteBuf bytes);

    /** Whether the client is slower than its partner: its write queue is over the mark. */
    boolean congested();

    /** Stop reading from the client. */
    void hold();

    /** Read again. */
    void release();

    /** The other end ended the bridge; nothing will be delivered any more. */
    void ended(CallId call);
}
