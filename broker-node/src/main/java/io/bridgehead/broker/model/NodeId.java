package io.bridgehead.broker.model;

/** A node's name, unique in its cluster: 1 to 63 letters, digits, {@code -}, {@code .} or {@code _}. Any thread. */
public record NodeId(String name) {

    public NodeId {
        if (!name.matches("[A-Za-z0-9._-]{1,63}")) {
            throw new IllegalArgumentException(
                    "node name \"%s\" (expected: 1..63 letters, digits, '-', '.', '_')".formatted(name));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
