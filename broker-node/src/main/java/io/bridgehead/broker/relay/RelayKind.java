package io.bridgehead.broker.relay;

/** The three kinds of connection, as the operator sees them. */
enum RelayKind {
    HOST("relay-host"),
    COMMAND("relay-command"),
    CLIENT("relay-client");

    private final String protocol;

    RelayKind(String protocol) {
        this.protocol = protocol;
    }

    String protocol() {
        return protocol;
    }
}
