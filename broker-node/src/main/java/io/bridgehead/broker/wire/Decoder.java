package io.bridgehead.broker.wire;

import io.netty.buffer.ByteBuf;

/**
 * Turns the bytes of one connection into a room's commands and, while the connection is bridged, into pass-through
 * bytes. How the input is cut never changes what comes out. One connection each; its context only; no I/O.
 *
 * @param <C> the room's commands
 */
public interface Decoder<C> {

    /** Takes from {@code in} until it is empty or the sink wants no more. {@code in} stays the caller's. */
    void decode(ByteBuf in, Sink<C> sink);

    /** A transport that has messages says that one ends here. */
    void endOfMessage(Sink<C> sink);

    /** No more bytes will come: what was held back goes out. */
    void endOfStream(Sink<C> sink);

    /** From the next byte on the connection is bridged, or no longer. What is held back is judged anew. */
    void bridged(boolean bridged);

    /** Where a decoder puts what it found, in order. */
    interface Sink<C> {

        void command(C command);

        /** The client must be told {@code problem}; {@code fatal}: the stream cannot be trusted any more. */
        void malformed(String problem, boolean fatal);

        /** Bytes for the partner. The sink owns the reference. */
        void pass(ByteBuf bytes);

        /** Whether the decoder may go on. Asked after each item. */
        boolean wantsMore();
    }
}
