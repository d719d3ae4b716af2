package io.bridgehead.broker.account;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * When to try again: spread evenly over 0.5 to 1.5 of the base, so that those who were refused together do not come
 * back together. Any thread, as far as the source of chance is.
 *
 * @param base the middle of the hints
 * @param chance numbers in 0 (inclusive) to 1 (exclusive)
 */
public record RetryHint(Duration base, DoubleSupplier chance) {

    public Duration next() {
        return Duration.ofMillis((long) (base.toMillis() * (0.5 + chance.getAsDouble())));
    }
}
