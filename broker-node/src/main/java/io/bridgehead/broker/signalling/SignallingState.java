package io.bridgehead.broker.signalling;

/**
 * What a connection is doing. Immutable, any thread.
 *
 * <pre>
 *  Entering --Entered--> Present
 *  Entering --Disconnected, Ended, MeetingOver, TimedOut, TurnedAway--> Over
 *  Present  --MeetingOver--> Parted
 *  Present  --Disconnected, Ended, MeetingOver, Objected, Said, TimedOut, TurnedAway--> Over
 *  Parted   --Disconnected, Ended, Said, TimedOut--> Over
 * </pre>
 */
sealed interface SignallingState {

    /**
     * Who the peer is.
     *
     * @param id a client's own id, or a server's token
     * @param server whether it is the server
     * @param serverId the server's token
     * @param extended whether it speaks {@code bridgehead.v1}: it is told numbers and may come back
     */
    record Self(String id, boolean server, String serverId, boolean extended) {

        /** The id may be a token. */
        @Override
        public String toString() {
            return server ? "server" : "client " + id;
        }
    }

    /**
     * Waits to be let in.
     *
     * @param returning whether it comes back: it has its secret already, and may try again if this does not come to its end
     */
    record Entering(boolean returning) implements SignallingState {}

    /**
     * In.
     *
     * @param allowedFrom when the next message would be within the rate, if none could be sent at once
     * @param violations refused messages so far
     * @param silent whether nothing has come since the last ping
     * @param seen number of the last word it was told
     */
    record Present(Self self, long allowedFrom, int violations, boolean silent, long seen) implements SignallingState {

        Present withSilent(boolean now) {
            return now == silent ? this : new Present(self, allowedFrom, violations, now, seen);
        }

        Present withSeen(long now) {
            return new Present(self, allowedFrom, violations, silent, now);
        }

        Present withAllowedFrom(long now) {
            return new Present(self, now, violations, silent, seen);
        }

        Present withViolations(int now) {
            return new Present(self, allowedFrom, now, silent, seen);
        }
    }

    /** The server has left; what the client still sends is answered, for a moment. */
    record Parted(Self self, int answered) implements SignallingState {}

    record Over() implements SignallingState {}
}
