package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.SessionAddress;
import java.util.Optional;

/** What a peer's connection and its meeting say to each other, on one node or across two. */
sealed interface PeerWord {

    // ---- to a meeting

    /** To a meeting: {@code from} is the connection that says it. */
    sealed interface ToMeeting extends PeerWord {

        SessionAddress from();
    }

    /** Why somebody attaches. */
    enum Coming {
        /** It is new. */
        JOINING,
        /** It came back on a new connection. */
        RESUMING,
        /** The connection was attached here before, or to nothing. */
        FOLLOWING,
        /** The connection was attached to the same meeting on another node, which had numbers of its own. */
        MOVING
    }

    /**
     * This connection is the peer's. Answer: {@link Attached} or {@link NotAttached}.
     *
     * @param secret SHA-256 of the peer's secret, in hex
     * @param who what its backend vouched for; empty: nothing
     * @param seen number of the last word that it has; -1: not known
     */
    record Attach(
            SessionAddress from, Coming coming, String peer, String secret, boolean resumable, String who, long seen)
            implements ToMeeting {}

    /** For another peer. */
    record Said(SessionAddress from, String peer, String to, String type, String message) implements ToMeeting {

        /** Users' business: not printed. */
        @Override
        public String toString() {
            return "Said[" + peer + " to " + to + ", " + type + "]";
        }
    }

    /** The connection is gone, and the peer with it if {@code forGood}. */
    record Left(SessionAddress from, String peer, boolean forGood) implements ToMeeting {}

    /** A word was lost between the nodes: say everything after {@code seen} again. */
    record Again(SessionAddress from, String peer, long seen) implements ToMeeting {}

    // ---- to a connection

    /** What a meeting says to a peer's connection. */
    sealed interface ToPeer extends PeerWord {}

    /**
     * As it goes to a connection. Two nodes may keep the same meeting for a while, when one of them was thought dead or
     * parted, and each numbers for itself: a connection listens to the one that it attached to.
     */
    record FromMeeting(SessionAddress keeper, ToPeer word) implements PeerWord {}

    /**
     * In.
     *
     * @param seq number of the last word before this
     * @param received how many messages of the peer were taken so far
     * @param lost how many words behind {@code seq} are lost; -1: not known
     */
    record Attached(long seq, long received, long lost, Optional<String> serverInfo) implements ToPeer {}

    record NotAttached(Refusal refusal) implements ToPeer {}

    enum Refusal {
        UNKNOWN,
        FULL
    }

    /** What a peer must get, in order, even if it comes back for it. */
    sealed interface Numbered extends ToPeer {

        long seq();

        Numbered numbered(long other);
    }

    record Deliver(long seq, String from, String type, String message) implements Numbered {

        @Override
        public Numbered numbered(long other) {
            return new Deliver(other, from, type, message);
        }

        /** Users' business: not printed. */
        @Override
        public String toString() {
            return "Deliver[" + seq + " from " + from + ", " + type + "]";
        }
    }

    record Joined(long seq, String peer, String who) implements Numbered {

        @Override
        public Numbered numbered(long other) {
            return new Joined(other, peer, who);
        }
    }

    record Gone(long seq, String peer) implements Numbered {

        @Override
        public Numbered numbered(long other) {
            return new Gone(other, peer);
        }
    }

    /** What the peer sent was not passed on. */
    record Objected(ErrorCode code, String to) implements ToPeer {}

    /** The peer came back on another connection. */
    record Replaced() implements ToPeer {}

    /** The server has left for good. */
    record Over() implements ToPeer {}

    /** The meeting goes on elsewhere: look for it. */
    record Moved() implements ToPeer {}
}
