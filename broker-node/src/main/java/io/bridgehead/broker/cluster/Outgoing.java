package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message on its way out over the bus. Owns the message's reference of its bytes, and lets it go once: when the message
 * has been written, or when it never will be. Any thread.
 */
final class Outgoing {

    private final NodeMessage message;
    private final BridgeLine line;
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile Runnable afterRelease = () -> {};

    Outgoing(NodeMessage message) {
        this(message, null);
    }

    /** A message of this line, which hears when it is let go. */
    Outgoing(NodeMessage message, BridgeLine line) {
        this.message = message;
        this.line = line;
    }

    NodeMessage message() {
        return message;
    }

    boolean isOfLine() {
        return line != null;
    }

    /** To be run when the message is let go without having been written. */
    void onRelease(Runnable task) {
        afterRelease = task;
    }

    void release() {
        ByteBuf bytes = takeBytes();
        if (bytes != null) {
            bytes.release();
            afterRelease.run();
        }
    }

    /** The bytes of a bridge, which are the caller's now, none in other messages; null: they were let go. */
    ByteBuf takeBytes() {
        if (!released.compareAndSet(false, true)) {
            return null;
        }
        if (line != null) {
            line.passed();
        }
        return message instanceof NodeMessage.BridgeBytes frame ? frame.bytes() : Unpooled.EMPTY_BUFFER;
    }
}
