package io.bridgehead.broker.config;

import java.time.Duration;

/**
 * A named set of limits, key {@code plans.NAME}. 0 means no limit.
 *
 * @param maxBytesPerSecond bridge bytes a second, both directions together
 * @param maxBytesPerMonth bridge bytes in a calendar month
 * @param maxSessions sessions of one account at a time
 * @param grace time after the expiry in which the account still works
 */
public record PlanConfig(long maxBytesPerSecond, long maxBytesPerMonth, int maxSessions, Duration grace) {

    /** The plan of an account that names none. It always exists. */
    public static final String STANDARD = "standard";

    public PlanConfig {
        if (maxBytesPerSecond < 0 || maxBytesPerMonth < 0 || maxSessions < 0 || grace.isNegative()) {
            throw new IllegalArgumentException("plan limits %d, %d, %d, %s (expected: none below 0)"
                    .formatted(maxBytesPerSecond, maxBytesPerMonth, maxSessions, grace));
        }
    }
}
