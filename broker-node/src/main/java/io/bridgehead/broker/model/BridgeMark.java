package io.bridgehead.broker.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A place in the list of bridges, which is ordered by age, then by call. Written {@code <since>_<session>_<number>}.
 * Immutable, any thread.
 */
public record BridgeMark(Instant since, CallId call) implements Comparable<BridgeMark> {

    private static final Comparator<BridgeMark> ORDER =
            Comparator.comparing(BridgeMark::since).thenComparing(BridgeMark::call);

    /** Reads what {@link #toString} wrote. */
    public static Optional<BridgeMark> parse(String text) {
        String[] parts = text.split("_", -1);
        if (parts.length != 3 || !parts[2].matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        try {
            Instant since = Instant.parse(parts[0]);
            int number = Integer.parseUnsignedInt(parts[2]);
            return SessionId.parse(parts[1]).map(session -> new BridgeMark(since, new CallId(session, number)));
        } catch (DateTimeException | NumberFormatException malformed) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(BridgeMark other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return since + "_" + call.caller() + "_" + Integer.toUnsignedString(call.number());
    }
}
