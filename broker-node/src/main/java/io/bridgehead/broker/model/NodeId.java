package io.bridgehead.broker.model;

import java.util.regex.Pattern;

/** A node's name, unique in its cluster: 1 to 63 letters, digits, {@code -}, {@code .} or {@code _}. Any thread. */
public record NodeId(String name) {

    /** One is read with nearly every message between nodes. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");

    public NodeId {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "node name \"%s\" (expected: 1..63 letters, digits, '-', '.', '_')".formatted(name));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
