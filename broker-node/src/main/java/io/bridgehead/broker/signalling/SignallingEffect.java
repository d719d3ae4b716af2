package io.bridgehead.broker.signalling;

import java.time.Duration;

/** Everything a session can want done, carried out in order by its driver. */
sealed interface SignallingEffect {

    /** The timers of a connection. */
    enum Timer {
        /** It must have been let in by then. */
        ENTRY,
        /** The next ping is due. */
        PING,
        /** Something must have come since the last ping. */
        PONG,
        /** A client whose server has left is closed then. */
        LINGER
    }

    /** Find out who this is, and attach it to its meeting; input waits. */
    record Enter() implements SignallingEffect {}

    record Reply(SignallingReply reply) implements SignallingEffect {}

    /** Close when what was written before is out. The last effect of a session. */
    record Close(SignallingClose close) implements SignallingEffect {}

    /** To the meeting, for another peer. */
    record Say(String to, String type, String message) implements SignallingEffect {}

    /** To the meeting: everything after {@code seen} again. */
    record AskAgain(long seen) implements SignallingEffect {}

    /** To the meeting: the connection is gone. */
    record Leave(boolean forGood) implements SignallingEffect {}

    record Ping() implements SignallingEffect {}

    /** Starts the timer; a running one starts afresh. */
    record StartTimer(Timer timer, Duration after) implements SignallingEffect {}
}
