package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.NodeId;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/**
 * The wire between the nodes of a cluster: best effort. What is sent from one thread to one address arrives in order or
 * not at all; nothing tells of a loss, so whoever must know counts. Any thread; nothing blocks, nothing throws.
 */
public interface NodeBus {

    /** Sends and forgets. Takes over the reference of bytes in the message. */
    void send(LoopAddress to, NodeMessage message);

    /**
     * The way of one bridge's messages to a loop of another node: as {@link #send}, all of them in order. They come from
     * one thread.
     */
    default Line line(LoopAddress to) {
        return message -> send(to, message);
    }

    /**
     * Sends and waits for the other node's word on it, at most 3 s; fails at once when that node leaves. A failed
     * future: nobody knows whether it arrived.
     */
    Future<Answer> ask(LoopAddress to, NodeMessage message);

    /** The event loop of this node that the connections to and from other nodes live on; empty: not known, or none. */
    default Optional<EventLoop> loop() {
        return Optional.empty();
    }

    /** The other nodes that are members now. */
    Set<NodeId> others();

    /** What the other node made of a message. */
    enum Answer {
        /** It was for somebody who is there. */
        TAKEN,
        /** Nobody there by that name. */
        NOT_HERE
    }

    /** See {@link #line}. */
    interface Line {

        /** Sends and forgets. Takes over the reference of bytes in the message. */
        void send(NodeMessage.OfBridge message);
    }

    /** Who gets what comes in. */
    interface Receiver {

        /** On the event loop that the message was addressed to. Takes over the reference of bytes in the message. */
        Answer received(NodeMessage message);

        /** A node has left, or cannot be reached: it is as good as gone. Any thread. */
        void nodeGone(NodeId node);
    }
}
