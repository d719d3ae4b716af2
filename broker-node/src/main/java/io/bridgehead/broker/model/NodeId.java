package io.bridgehead.broker.model;

/** A node's name, unique in its cluster: 1 to 63 letters, digits, {@code -}, {@code .} or {@code _}. Any thread. */
public record NodeId(String name) {

    private static final int MAX_CHARACTERS = 63;

    public NodeId {
        if (!isName(name)) {
            throw new IllegalArgumentException("node name \"%s\" (expected: 1..%d letters, digits, '-', '.', '_')"
                    .formatted(name, MAX_CHARACTERS));
        }
    }

    /** Several are read with each message between nodes: a regular expression takes several times as long. */
    private static boolean isName(String name) {
        for (int n = 0; n < name.length(); n++) {
            char c = name.charAt(n);
            boolean allowed = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
                    || c == '-' || c == '.' || c == '_';
            if (!allowed) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_CHARACTERS;
    }

    @Override
    public String toString() {
        return name;
    }
}
