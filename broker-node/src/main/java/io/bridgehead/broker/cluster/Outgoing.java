package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message on its way out. Owns the message's reference of its bytes, and lets it go once: when the message has been
 * written, or when it never will be. Any thread.
 */
final class Outgoing {

    private final NodeMessage message;
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile Runnable afterRelease = () -> {};

    Outgoing(NodeMessage message) {
        this.message = message;
    }

    NodeMessage message() {
        return message;
    }

    /** To be run when the message is let go without having been written. */
    void onRelease(Runnable task) {
        afterRelease = task;
    }

    void release() {
        if (message instanceof NodeMessage.BridgeBytes frame && released.compareAndSet(false, true)) {
            frame.bytes().release();
            afterRelease.run();
        }
    }

    /** The bytes of a bridge, which are the caller's now; null: they were let go. */
    ByteBuf takeBytes() {
        return message instanceof NodeMessage.BridgeBytes frame && released.compareAndSet(false, true)
                ? frame.bytes()
                : null;
    }
}
