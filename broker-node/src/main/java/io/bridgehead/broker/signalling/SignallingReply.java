package io.bridgehead.broker.signalling;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a peer is told. {@code to} is the peer itself; {@code seq} its number, for a peer that can come back. */
sealed interface SignallingReply {

    String to();

    /** First, to each peer; {@code server} is the id of a client's server. */
    record Hello(
            String to,
            Optional<String> server,
            Optional<String> serverInfo,
            Optional<Return> comeBack,
            Optional<Resumed> resumed,
            List<IceServer> iceServers)
            implements SignallingReply {}

    /** How a peer comes back: its secret, and the time it has. */
    record Return(String secret, long graceSeconds) {

        /** The secret is one. */
        @Override
        public String toString() {
            return "Return[" + graceSeconds + " s]";
        }
    }

    /**
     * It came back.
     *
     * @param received how many of its messages the relay has taken
     * @param lost how many messages to it were lost; -1: nobody knows
     */
    record Resumed(long received, long lost) {}

    /** A STUN or TURN server, the latter with credentials. */
    record IceServer(String url, Optional<String> username, Optional<String> credential) {

        /** Not the credential. */
        @Override
        public String toString() {
            return "IceServer[" + url + "]";
        }
    }

    /** A peer's message, passed on. */
    record Forward(String to, String from, String type, String message, OptionalLong seq) implements SignallingReply {}

    record PeerJoined(String to, String peer, String who, OptionalLong seq) implements SignallingReply {}

    record PeerGone(String to, String peer, OptionalLong seq) implements SignallingReply {}

    record Error(String to, ErrorCode code, String reason) implements SignallingReply {}
}
