package io.bridgehead.broker.presence;

import java.util.List;

/**
 * What came of a re-assertion. Immutable, any thread.
 *
 * @param newer for each row that lost, the row that stands instead: the owner ends its own session of that account
 * @param unanswered rows nobody could say anything of; they are for the next time
 */
public record Reassertion(List<Presence> newer, int unanswered) {

    public Reassertion {
        newer = List.copyOf(newer);
    }
}
