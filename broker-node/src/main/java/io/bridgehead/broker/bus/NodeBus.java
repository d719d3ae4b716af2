package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.NodeId;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The wire between the nodes of a cluster: best effort. What is sent from one thread to one address arrives in order or
 * not at all; nothing tells of a loss, so whoever must know counts. Any thread; nothing blocks, nothing throws.
 */
public interface NodeBus {

    /** Sends and forgets. Takes over the reference of bytes in the message. */
    void send(LoopAddress to, NodeMessage message);

    /** How long most questions wait: a node that is only slow answers by then. */
    Duration PATIENCE = Duration.ofSeconds(3);

    /** As the other, within {@link #PATIENCE}. */
    default Future<Answer> ask(LoopAddress to, NodeMessage message) {
        return ask(to, message, PATIENCE);
    }

    /**
     * The way of one bridge's messages to a loop of another node: as {@link #send}, all of them in order. They come from
     * one thread.
     */
    default Line line(LoopAddress to) {
        return message -> send(to, message);
    }

    /**
     * As {@link #line}, of the end that answers a call: all of a bridge's messages, both ways, then go by one connection
     * between the nodes, where there is one already.
     */
    default Line lineBack(LoopAddress to) {
        return line(to);
    }

    /**
     * Sends and waits for the other node's word on it; fails at once when that node leaves. A failed future: nobody
     * knows whether it arrived.
     *
     * @param within whoever has not answered by then will not, as far as this question goes
     */
    Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within);

    /** The event loop of this node that the connections to and from other nodes live on; empty: not known, or none. */
    default Optional<EventLoop> loop() {
        return Optional.empty();
    }

    /** The other nodes that are members now. */
    Set<NodeId> others();

    /**
     * What the other node made of a message; of one with several parts, of each. Immutable, any thread.
     *
     * @param missing bit n is set: nobody is there that part n was for
     */
    record Answer(long missing) {

        /** A message may have so many parts. */
        public static final int MAX_PARTS = Long.SIZE;

        /** It was for somebody who is there. */
        public static final Answer TAKEN = new Answer(0);

        /** Nobody there by that name. */
        public static final Answer NOT_HERE = new Answer(-1);

        /** {@code missing} as above. */
        public static Answer of(long missing) {
            return missing == 0 ? TAKEN : missing == -1 ? NOT_HERE : new Answer(missing);
        }

        /** What it says of this part. */
        public Answer forPart(int part) {
            return (missing >>> part & 1) == 0 ? TAKEN : NOT_HERE;
        }
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
