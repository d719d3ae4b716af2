package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message on its way out. Owns the message's reference of its bytes, and lets it go once: when the message has been
 * written, or when it never will be. Any thread.
 */
final class Outgoing {

    private final NodeMessage message;
    private final AtomicBoolean released = new AtomicBoolean();

    Outgoing(NodeMessage message) {
        this.message = message;
    }

    NodeMessage message() {
        return message;
    }

    void release() {
        if (message instanceof NodeMessage.BridgeBytes frame && released.compareAndSet(false, true)) {
            frame.bytes().release();
        }
    }
}
