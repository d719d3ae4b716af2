package io.bridgehead.broker.bus;

import java.util.Optional;

/**
 * What became of an order, and how the node stands now. Immutable, any thread.
 *
 * @param refusal why it was not carried out, in one line; empty: it was
 */
public record NodeReport(Optional<String> refusal, NodeStatus status) {

    /** In characters. */
    public static final int MAX_REFUSAL = 300;

    public NodeReport {
        refusal.filter(why -> why.isBlank() || why.length() > MAX_REFUSAL).ifPresent(why -> {
            throw new IllegalArgumentException(
                    "refusal of %d characters (expected: 1..%d)".formatted(why.length(), MAX_REFUSAL));
        });
    }
}
