package io.bridgehead.broker.metrics;

/**
 * A tag's value that an operator has configured, such as a service's name: as bounded as the configuration is, and never
 * what a client said. Immutable, any thread.
 */
public record ConfiguredTag(String name) {

    public ConfiguredTag {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new IllegalArgumentException("tag: " + name + " (expected: 1..63 of a-z, 0-9 and '-')");
        }
    }
}
