package io.bridgehead.broker.relay;

import io.bridgehead.broker.session.CloseReason;
import java.util.Locale;

/** Why a connection of this room ended: the log's word and the metric's tag. The wire has no words for it. */
enum RelayClose {
    /** It closed or broke, or took nothing of what was written to it. */
    PEER_GONE,
    /** The other end of its pipe has gone. */
    PARTNER_GONE,
    /** Both ends said that they send no more. */
    FINISHED,
    /** One direction had ended, and nothing came in the other for too long. */
    HALF_CLOSED,
    /** No host came in time. */
    NO_HOST,
    /** Nobody serves what the client's port stands for, or the policy said no. */
    REFUSED,
    /** The client's address is not among those the service allows. */
    NOT_ALLOWED,
    /** The service has as many clients as it may. */
    TOO_MANY,
    /** The service's owner did not say yes, or could not be asked. */
    NO_CONSENT,
    /** The service's owner is banned, expired or gone. */
    OWNER_BARRED,
    /** No service has the name in the client's TLS hand-shake. */
    UNKNOWN_NAME,
    /** Nothing went either way for too long. */
    IDLE,
    /** The host's token is not the service's, or there is no such service. */
    WRONG_TOKEN,
    /** The host did not say Hello in time. */
    NO_HELLO,
    /** The host's bytes are not the protocol's. */
    PROTOCOL_ERROR,
    /** The host came again: what is left of its old life gives way. */
    REPLACED,
    /** The host does not read what is announced to it. */
    TOO_SLOW,
    /** The host dropped its clients at once, several times in a row. */
    UNHEALTHY,
    /** An operator ended it. */
    KICKED,
    /** The node is draining or stopping. */
    SHUTDOWN,
    /** No more numbers, or a table is full: try another node, or later. */
    FULL,
    /** A bug of ours, logged with its trace. */
    INTERNAL_ERROR;

    /** For a session that the node ends. */
    static RelayClose of(CloseReason reason) {
        return switch (reason) {
            case SHUTDOWN -> SHUTDOWN;
            case KICKED, BANNED, EXPIRED, REMOVED, PIN_CHANGED -> KICKED;
            case REGISTERED_ELSEWHERE -> REPLACED;
            case PEER_GONE, QUIT, WRITE_TIMEOUT -> PEER_GONE;
            case LINE_TOO_LONG, PROTOCOL_ERROR -> PROTOCOL_ERROR;
            case REGISTRATION_TIMEOUT -> NO_HELLO;
            case INTERNAL_ERROR -> INTERNAL_ERROR;
        };
    }

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
