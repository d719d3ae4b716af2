package io.bridgehead.broker.model;

/**
 * One call: the caller's session and the number of the call within it, so that a late answer to an earlier call is
 * never taken for an answer to this one. Ordered, to settle two calls that cross. Immutable, any thread.
 */
public record CallId(SessionId caller, int number) implements Comparable<CallId> {

    @Override
    public int compareTo(CallId other) {
        int callers = caller.compareTo(other.caller);
        return callers != 0 ? callers : Integer.compareUnsigned(number, other.number);
    }

    @Override
    public String toString() {
        return caller + "/" + number;
    }
}
