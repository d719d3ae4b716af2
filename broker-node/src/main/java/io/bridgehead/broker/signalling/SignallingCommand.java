package io.bridgehead.broker.signalling;

import java.util.Optional;

/** What a peer sent. */
sealed interface SignallingCommand {

    /**
     * For another peer.
     *
     * @param from the sender's own id, if it gave one
     * @param message JSON, exactly as it was written
     */
    record Message(Optional<String> from, String to, String type, String message) implements SignallingCommand {

        /** Users' business: not printed. */
        @Override
        public String toString() {
            return "Message[" + type + ", " + message.length() + " characters]";
        }
    }

    /**
     * Not to be understood.
     *
     * @param reason what was wrong and what was expected; quotes nothing
     * @param unsafe whether the peer is to be closed at once
     */
    record Malformed(ErrorCode code, String reason, boolean unsafe) implements SignallingCommand {}
}
