package io.bridgehead.broker.signalling;

/** Why something that a peer sent was refused, as {@code ERROR} tells it. */
enum ErrorCode {
    NOT_JSON("not-json"),
    BAD_MESSAGE("bad-message"),
    WRONG_FROM("wrong-from"),
    WRONG_TO("wrong-to"),
    RESERVED_TYPE("reserved-type"),
    SCHEMA("schema"),
    BINARY("binary"),
    TOO_LARGE("too-large"),
    TOO_FAST("too-fast"),
    /** The peer it was for has just left: nobody's fault. */
    PEER_GONE("peer-gone"),
    /** A node was lost on the way: it may or may not have arrived. */
    UNDELIVERED("undelivered");

    private final String wire;

    ErrorCode(String wire) {
        this.wire = wire;
    }

    String wire() {
        return wire;
    }

    /** Whether the peer should have known better. */
    boolean isViolation() {
        return this != PEER_GONE && this != UNDELIVERED;
    }
}
