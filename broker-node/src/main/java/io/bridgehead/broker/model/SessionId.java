package io.bridgehead.broker.model;

import java.util.Optional;

/**
 * One connection's session, unique over nodes and restarts: the node's incarnation, and a counter of that life
 * with the number of the session's event loop in its low bits.
 * Written {@code <incarnation hex>-<number hex>}. Immutable, any thread.
 */
public record SessionId(long incarnation, long number) implements Comparable<SessionId> {

    /** Bits of the number that name the event loop. */
    private static final int LOOP_BITS = 8;

    /** Event loops that can be told apart. */
    public static final int MAX_LOOPS = 1 << LOOP_BITS;

    /** The {@code count}th session of this life, on this event loop. */
    public static SessionId on(Incarnation incarnation, long count, int loop) {
        if (loop < 0 || loop >= MAX_LOOPS) {
            throw new IllegalArgumentException("event loop " + loop + " (expected: 0.." + (MAX_LOOPS - 1) + ")");
        }
        return new SessionId(incarnation.number(), count << LOOP_BITS | loop);
    }

    /** The event loop that the session lives on, so that other nodes can address it. */
    public int loop() {
        return (int) number & (MAX_LOOPS - 1);
    }

    /** Reads what {@link #toString} wrote. */
    public static Optional<SessionId> parse(String text) {
        if (!text.matches("[0-9a-f]{1,16}-[0-9a-f]{1,16}")) {
            return Optional.empty();
        }
        int dash = text.indexOf('-');
        return Optional.of(new SessionId(
                Long.parseUnsignedLong(text.substring(0, dash), 16),
                Long.parseUnsignedLong(text.substring(dash + 1), 16)));
    }

    /** Spread: the counter is in the middle of the number, where a hash table with few rows does not look. */
    @Override
    public int hashCode() {
        return (int) ((incarnation + number) * 0x9E37_79B9_7F4A_7C15L >>> Integer.SIZE);
    }

    @Override
    public int compareTo(SessionId other) {
        int lives = Long.compareUnsigned(incarnation, other.incarnation);
        return lives != 0 ? lives : Long.compareUnsigned(number, other.number);
    }

    @Override
    public String toString() {
        return Long.toHexString(incarnation) + '-' + Long.toHexString(number);
    }
}
