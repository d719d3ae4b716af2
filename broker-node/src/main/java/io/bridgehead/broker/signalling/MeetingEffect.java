package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.SessionAddress;
import java.time.Duration;

/** Everything a meeting can want done, in order. */
sealed interface MeetingEffect {

    /**
     * To the peer's connection. Answer: {@link MeetingState#taken} or {@link MeetingState#notThere}.
     *
     * @param turn how often the peer was attached or awaited before: a late answer says nothing of what came after
     */
    record Tell(SessionAddress connection, String peer, PeerWord.ToPeer word, int turn) implements MeetingEffect {}

    /** The peer has so long to come back; then {@link MeetingState#graceOver} with the same {@code turn}. */
    record StartGrace(String peer, int turn, Duration time) implements MeetingEffect {}

    /** Who is with it has changed: write the row. */
    record Publish() implements MeetingEffect {}

    /** The server is gone for good: remove the row. The last effect. */
    record End() implements MeetingEffect {}
}
