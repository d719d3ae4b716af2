package io.bridgehead.broker.account;

import java.time.Duration;

/** A new PIN cannot be hashed now, because too many PINs are being checked. Nothing was changed; try again. */
public final class HashingBusy extends RuntimeException {

    private final Duration after;

    public HashingBusy(Duration after) {
        super("too many PINs are being checked (expected: try again after %s)".formatted(after));
        this.after = after;
    }

    /** A jittered hint. */
    public Duration after() {
        return after;
    }
}
