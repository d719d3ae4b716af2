package io.bridgehead.broker.signalling;

import java.util.List;
import java.util.Optional;

/** Everything that can happen to a connection, as its context sees it. Time reaches a session only in here. */
sealed interface SignallingEvent {

    /** The connection is up. */
    record Opened() implements SignallingEvent {}

    /**
     * Answer to {@link SignallingEffect.Enter}: in.
     *
     * @param seen number of the last word that the peer has
     */
    record Entered(
            SignallingState.Self self,
            Optional<String> serverInfo,
            Optional<SignallingReply.Return> comeBack,
            Optional<SignallingReply.Resumed> resumed,
            List<SignallingReply.IceServer> iceServers,
            long seen)
            implements SignallingEvent {}

    /** Answer to {@link SignallingEffect.Enter}: out. */
    record TurnedAway(SignallingClose close) implements SignallingEvent {}

    /** The peer sent a message; {@code nanos} is when, on a clock that only goes on. */
    record Said(SignallingCommand command, long nanos) implements SignallingEvent {}

    /** Anything came from the peer: it is alive. */
    record Heard() implements SignallingEvent {}

    /** From the meeting. */
    record Told(PeerWord.Numbered word) implements SignallingEvent {}

    /** What the peer sent was not passed on. */
    record Objected(ErrorCode code, String to) implements SignallingEvent {}

    /** The server has left for good, or is not to be found any more. */
    record MeetingOver() implements SignallingEvent {}

    record TimedOut(SignallingEffect.Timer timer) implements SignallingEvent {}

    /** This side ends it. */
    record Ended(SignallingClose close) implements SignallingEvent {}

    /** The connection is gone. Nothing can be written any more. */
    record Disconnected(SignallingClose close) implements SignallingEvent {}
}
