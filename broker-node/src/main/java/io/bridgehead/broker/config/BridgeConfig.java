package io.bridgehead.broker.config;

import java.time.Duration;

/**
 * Bridges between two sessions, key {@code bridge}.
 *
 * @param window bytes that may wait for a slow reader, in each direction of a bridge; half as many when both
 *     ends are on one node; twice as many may be on their way to a fast one on another node
 * @param stallTimeout a bridged client that takes nothing of what is written to it for so long is closed
 */
public record BridgeConfig(int window, Duration stallTimeout) {

    /** One frame between nodes: less could not carry it. */
    public static final int MIN_WINDOW = 64 * 1024;

    public static final int MAX_WINDOW = 32 * 1024 * 1024;

    public BridgeConfig {
        if (window < MIN_WINDOW || window > MAX_WINDOW) {
            throw new IllegalArgumentException("bridge.window: " + window + " (expected: 64KiB..32MiB)");
        }
    }
}
