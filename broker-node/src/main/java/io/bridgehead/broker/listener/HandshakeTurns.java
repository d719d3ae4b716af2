package io.bridgehead.broker.listener;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Has hand-shakes begin in order, and a few at a time: who waits costs only what he has sent, and no engine. Any thread.
 *
 * <pre>
 *  await ---> waiting ---> begun ---> over
 *                `--------- end -------^
 * </pre>
 */
final class HandshakeTurns {

    private final int most;
    private final SequencedSet<Turn> waiting = new LinkedHashSet<>();
    private int begun;

    /** @param most hand-shakes that have begun, at a time, at least 1 */
    HandshakeTurns(int most) {
        this.most = most;
    }

    /**
     * A place in the line.
     *
     * @param begin called once, when the turn comes, on the thread of this call or of the one that ends another's turn;
     *     not if this one has ended before. It may still come while this one is ended by another thread
     */
    Turn await(Runnable begin) {
        Turn turn = new Turn(begin);
        synchronized (this) {
            if (begun == most) {
                waiting.add(turn);
                return turn;
            }
            begun++;
        }
        begin.run();
        return turn;
    }

    /** How many may have begun at a time. */
    int most() {
        return most;
    }

    /** How many wait for their turn. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** How many have begun and are not over. */
    synchronized int begun() {
        return begun;
    }

    /** The next in line has a place that has become free; null: nobody waits, and it is given back. */
    private synchronized Turn endOf(Turn turn) {
        if (turn.over) {
            return null;
        }
        turn.over = true;
        if (waiting.remove(turn)) {
            return null;
        }
        if (waiting.isEmpty()) {
            begun--;
            return null;
        }
        return waiting.removeFirst();
    }

    /** The turn of one hand-shake. */
    final class Turn {

        private final Runnable begin;
        /** Guarded by the turns. */
        private boolean over;

        private Turn(Runnable begin) {
            this.begin = begin;
        }

        /** Gives it back, or the place in the line; the next time does nothing. */
        void end() {
            Turn next = endOf(this);
            if (next != null) {
                next.begin.run();
            }
        }
    }
}
