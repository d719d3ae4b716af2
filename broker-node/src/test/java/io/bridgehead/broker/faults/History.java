package io.bridgehead.broker.faults;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What the clients of a load did and were told, each with its monotonic time. Any thread. */
final class History {

    /** {@code at}: nanoseconds of {@link System#nanoTime}. */
    sealed interface Entry {
        long at();
    }

    record Registered(long at, String user, int connection, String node) implements Entry {}

    record Closed(long at, String user, int connection, String lastLine) implements Entry {}

    /** One end of a bridge was told {@code ;connected}. */
    record Joined(long at, long bridge, String user, int connection, String node) implements Entry {}

    /** One end of a bridge was told that it is over. */
    record Told(long at, long bridge, String user) implements Entry {}

    /** This end of a bridge took leave of it itself. */
    record Left(long at, long bridge, String user) implements Entry {}

    /**
     * One direction of a bridge at the end of all.
     *
     * @param wrongAt position of the first wrong byte, or -1
     */
    record Carried(long at, long bridge, String from, String to, long sent, long got, long wrongAt) implements Entry {}

    /** Bytes that came to a user who has no bridge. */
    record Stray(long at, String user, String node, int bytes) implements Entry {}

    /** A short call came to its end: {@code outcome} is empty when both were connected. */
    record Called(long at, String caller, String node, Duration took, String outcome) implements Entry {}

    record Banned(long at, String user) implements Entry {}

    /** Something was done to these nodes. */
    record Fault(long at, String what, Set<String> nodes) implements Entry {}

    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    void add(Entry entry) {
        entries.add(entry);
    }

    Fault fault(String what, String... nodes) {
        Fault fault = new Fault(System.nanoTime(), what, Set.of(nodes));
        entries.add(fault);
        return fault;
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    <E extends Entry> List<E> all(Class<E> type) {
        return entries.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
