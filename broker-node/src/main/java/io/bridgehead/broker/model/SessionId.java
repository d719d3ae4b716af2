package io.bridgehead.broker.model;

import java.util.Optional;

/**
 * One connection's session, unique over nodes and restarts: the node's incarnation and a counter of that life.
 * Written {@code <incarnation hex>-<number hex>}. Immutable, any thread.
 */
public record SessionId(long incarnation, long number) implements Comparable<SessionId> {

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
