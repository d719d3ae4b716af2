package io.bridgehead.broker.model;

import java.time.Instant;

/**
 * What an operator sees of a bridge. Immutable, any thread.
 *
 * @param call the call it grew from
 * @param caller the end that called
 * @param callee the end that was called
 * @param since when it was made, by the clock of the caller's node
 */
public record BridgeInfo(CallId call, Party caller, Party callee, Instant since) {

    /** Where it stands in a list of bridges. */
    public BridgeMark mark() {
        return new BridgeMark(since, call);
    }
}
