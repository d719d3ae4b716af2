package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.ServerRow;
import java.util.List;

/** One peer as its meeting knows it: where it is connected, and the numbered words to it, of which the latest are kept. */
final class MeetingPeer {

    private final ServerRow.Peer row;
    private final KeptWords kept;
    private long seq;
    private long taken;

    /** Null while it is awaited. */
    SessionAddress connection;

    /** Messages of it that were taken. */
    long received;

    /** How often it was attached or awaited: what belongs to one turn must not end the next one. */
    int turn;

    /** Whether words may have been sent to it that this meeting knows nothing of. */
    boolean hasUnknownPast;

    /** Whether it is still to be told so, when it comes back; a connection that follows cannot tell it. */
    boolean mayHaveLost;

    /** Whether that is on its way; it may break off before it has read it. */
    boolean hasBeenTold;

    /** @param bufferBytes what is kept of the words to it, but for the last */
    MeetingPeer(ServerRow.Peer row, int bufferBytes) {
        this.row = row;
        this.kept = new KeptWords(bufferBytes);
    }

    ServerRow.Peer row() {
        return row;
    }

    String id() {
        return row.id();
    }

    boolean isConnectedBy(SessionAddress other) {
        return other.equals(connection);
    }

    /** Numbers the word and keeps it; the oldest go when there is too much. */
    PeerWord.Numbered keep(PeerWord.Numbered word) {
        PeerWord.Numbered numbered = word.numbered(++seq);
        kept.add(numbered);
        return numbered;
    }

    /** Its connection has the words up to this one. */
    void taken(long upTo) {
        taken = Math.max(taken, upTo);
    }

    /** What its connection took is not wanted again. */
    void forgetTaken() {
        kept.removeFirst(taken - lastGone());
    }

    /** The words that are kept follow this one, without a gap. */
    private long lastGone() {
        return seq - kept.count();
    }

    /**
     * A connection begins that has the words up to {@code seen}; -1: it does not say. Answers how many are lost; then
     * {@link #seen} is where it goes on.
     *
     * @param others whether {@code seen} is a number that another meeting gave
     */
    long startFrom(long seen, boolean others) {
        long from = seen < 0 ? taken : seen;
        if (others || hasUnknownPast) {
            hasUnknownPast = false;
            forgetTaken();
            renumber(from);
        } else if (from > seq) {
            // a number that was never given: nothing of it can be trusted
            from = seq;
        }
        long lost = Math.max(0, lastGone() - from);
        taken = from + lost;
        return lost;
    }

    /** Number of the last word that it has, or that is lost. */
    long seen() {
        return taken;
    }

    /** What came for it while it was not here follows what it has. */
    private void renumber(long seen) {
        List<PeerWord.Numbered> words = kept.after(0);
        kept.removeFirst(kept.count());
        seq = seen;
        words.forEach(word -> kept.add(word.numbered(++seq)));
    }

    List<PeerWord.Numbered> after(long seen) {
        return kept.after(seen - lastGone());
    }
}
