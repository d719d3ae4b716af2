package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;

/** Everything that one node says to another. Written to bytes by {@link NodeMessageCodec}. */
public sealed interface NodeMessage {

    /** For one session: another session's word. {@code to} bears the incarnation: an old life's are dropped. */
    record ForSession(SessionAddress to, Signal signal) implements NodeMessage {}

    /** The session ends. */
    record Evict(SessionId session, CloseReason reason) implements NodeMessage {}

    /** What one end of a bridge tells the other; {@code to} is the receiving end's session. */
    sealed interface OfBridge extends NodeMessage {

        SessionId to();

        CallId call();
    }

    /**
     * Bytes of a bridge, in order.
     *
     * @param to the receiving end's session
     * @param sequence number of the frame in its direction, from 0
     */
    record BridgeBytes(SessionId to, CallId call, int sequence, ByteBuf bytes) implements OfBridge {

        /** The same frame with other bytes. */
        public BridgeBytes with(ByteBuf others) {
            return new BridgeBytes(to, call, sequence, others);
        }
    }

    /** How many bytes the receiver has taken in all: the sender may have a window more than that on their way. */
    record BridgeCredit(SessionId to, CallId call, long taken) implements OfBridge {}

    /** Asks the other end to say where it stands; {@code frames} have been sent so far. Loss shows by it. */
    record BridgeCheck(SessionId to, CallId call, int frames, SessionAddress from) implements OfBridge {}

    /** The bridge is over; {@code frames} were sent in all, -1 when it is not known any more. */
    record BridgeOver(SessionId to, CallId call, int frames) implements OfBridge {}

    /** An account's epoch rose: look it up in the registry and enforce. */
    record AccountChanged(AccountId account, long epoch) implements NodeMessage {}

    /** For ends of signalling servers on one event loop of that node; answered for each, in this order. */
    record Signalling(List<SignallingWord> words) implements NodeMessage {

        public Signalling {
            words = List.copyOf(words);
            if (words.isEmpty() || words.size() > NodeBus.Answer.MAX_PARTS) {
                throw new IllegalArgumentException(
                        "%d words (expected: 1..%d)".formatted(words.size(), NodeBus.Answer.MAX_PARTS));
            }
        }
    }

    /** For one end: a word in the room's own form. */
    record SignallingWord(SessionId to, byte[] word) {

        @Override
        public boolean equals(Object other) {
            return other instanceof SignallingWord that && to.equals(that.to) && Arrays.equals(word, that.word);
        }

        @Override
        public int hashCode() {
            return 31 * to.hashCode() + Arrays.hashCode(word);
        }

        /** The word may be a user's: not printed. */
        @Override
        public String toString() {
            return "SignallingWord[" + to + ", " + word.length + " bytes]";
        }
    }

    /** For the relay room of that node: a word in the room's own form. */
    record Relay(byte[] word) implements NodeMessage {

        @Override
        public boolean equals(Object other) {
            return other instanceof Relay that && Arrays.equals(word, that.word);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(word);
        }

        @Override
        public String toString() {
            return "Relay[" + word.length + " bytes]";
        }
    }

    /** Are you there? */
    record Ping(NodeId from) implements NodeMessage {}

    /** About the connection that it comes by; seen below the bus. */
    sealed interface OfLink extends NodeMessage {}

    /** {@code from} has made the connection, and reads on it what bridges send back. */
    record LinkReady(NodeId from) implements OfLink {}

    /** Is what went before this there? */
    record LinkPing() implements OfLink {}

    /** It is. In the order of the pings. */
    record LinkPong() implements OfLink {}

    /** About a node itself, not its sessions. */
    sealed interface OfNode extends NodeMessage permits NodeOrdered, NodeReported {}

    /** Of an operator's view of the cluster: a question, or what was asked for. */
    record OfView(ViewMessage message) implements NodeMessage {}
}
