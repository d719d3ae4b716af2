package io.bridgehead.broker.signalling;

import io.bridgehead.broker.session.CloseReason;

/** Why a connection of this room ends: the WebSocket's close code, its words, and the metric's tag together. */
enum SignallingClose {
    /** The peer closed it, with 1000 or without a code: it does not want to come back. */
    LEFT(1000, "", true),
    /** It broke, or the peer closed it with another code: a network changed, a page was reloaded. */
    LOST(1000, "", false),
    BAD_REQUEST(4400, "expected: /server or /client/TOKEN", true),
    UNAUTHENTICATED(4401, "wrong or missing credentials", true),
    FORBIDDEN(4403, "account banned, expired or removed, or ended by an operator", true),
    UNKNOWN_TOKEN(4404, "unknown token", true),
    FULL(4413, "the server has too many clients", true),
    TOO_MANY_GUESSES(4429, "too many wrong attempts from your address", true),
    PONG_TIMEOUT(4408, "no answer to a ping", false),
    REPLACED(4409, "resumed on another connection", true),
    SERVER_GONE(4410, "the server has left", true),
    VIOLATIONS(1008, "too many refused messages", true),
    UNSAFE(1008, "unsafe message", true),
    TOO_LARGE(1009, "message too large", true),
    TOO_SLOW(1008, "reads too slowly", false),
    GOING_AWAY(1012, "the node is stopping: connect again", false),
    TRY_AGAIN(1013, "try again later", true),
    INTERNAL_ERROR(1011, "internal error", true);

    private final int code;
    private final String words;
    private final boolean forGood;

    SignallingClose(int code, String words, boolean forGood) {
        this.code = code;
        this.words = words;
        this.forGood = forGood;
    }

    /** For a session that the node ends. */
    static SignallingClose of(CloseReason reason) {
        return switch (reason) {
            case BANNED, EXPIRED, REMOVED, KICKED, PIN_CHANGED -> FORBIDDEN;
            case SHUTDOWN -> GOING_AWAY;
            case REGISTERED_ELSEWHERE -> REPLACED;
            case PEER_GONE, QUIT, LINE_TOO_LONG, REGISTRATION_TIMEOUT, WRITE_TIMEOUT, PROTOCOL_ERROR, INTERNAL_ERROR ->
                INTERNAL_ERROR;
        };
    }

    short code() {
        return (short) code;
    }

    String words() {
        return words;
    }

    /** Whether the peer is gone at once, rather than awaited for the grace time. */
    boolean isForGood() {
        return forGood;
    }
}
