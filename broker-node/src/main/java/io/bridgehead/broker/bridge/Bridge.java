package io.bridgehead.broker.bridge;

import io.netty.buffer.ByteBuf;

/** One end of a bridge, as the connection at that end uses it. That connection's context only. */
public interface Bridge {

    /** Hands bytes to the partner, in order; takes over the reference. Too much at once makes the end be held. */
    void send(ByteBuf bytes);

    /** This end's client sends no more: the partner hears it behind all that was sent. The other direction goes on. */
    void finish();

    /** The connection's write queue has emptied again after {@link BridgeEnd#congested()}. */
    void drained();

    /** Ends the bridge from this end. What was sent before still arrives; the partner is told after it. */
    void end();
}
