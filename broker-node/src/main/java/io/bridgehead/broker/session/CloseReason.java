package io.bridgehead.broker.session;

import java.util.Locale;

/**
 * Why a connection was closed. The one door for closing: it gives the log's word, the metric's tag and (through the
 * room's encoder) the text on the wire together.
 */
public enum CloseReason {
    /** The client closed or broke its connection. */
    PEER_GONE,
    /** The client asked for it. */
    QUIT,
    /** The client sent a line beyond the limit. */
    LINE_TOO_LONG,
    /** The client did not register in time. */
    REGISTRATION_TIMEOUT,
    /** The client did not take what was written to it in time. */
    WRITE_TIMEOUT,
    /** The same account registered on another connection: the newest wins. */
    REGISTERED_ELSEWHERE,
    /** The account was banned. */
    BANNED,
    /** The account's paid time ended. */
    EXPIRED,
    /** The account got another PIN than the one that this session was admitted with. */
    PIN_CHANGED,
    /** The account was removed. */
    REMOVED,
    /** An operator ended the session. */
    KICKED,
    /** The node is draining or stopping. */
    SHUTDOWN,
    /** The bytes broke the protocol beyond repair (a WebSocket frame over the limit, say). */
    PROTOCOL_ERROR,
    /** A bug of ours, logged with its trace. */
    INTERNAL_ERROR;

    /** The metric's tag value. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
