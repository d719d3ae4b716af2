package io.bridgehead.broker.listener;

/** How the hand-shake of a client connection ended. Each connection is counted as one of these, once. */
public enum ConnectionResult {
    /** It went to its room. */
    ACCEPTED,
    /** The listener holds as many connections as it may. */
    OVER_LIMIT,
    /** Too many connections a second from this address. */
    RATE_LIMITED,
    /** The PROXY protocol is on and the connection does not come from a proxy that is trusted. */
    PROXY_REFUSED,
    /** A trusted proxy sent no PROXY header, or one that cannot be used. */
    PROXY_MALFORMED,
    /** TLS failed: no common version, no common cipher suite, no TLS at all. */
    TLS_FAILED,
    /** HTTP whose borders are in doubt, or that cannot be read. */
    HTTP_MALFORMED,
    /** A web page of an origin that is not allowed. */
    ORIGIN_REFUSED,
    /** HTTP without an upgrade to a WebSocket, or with one that cannot be made. */
    NO_UPGRADE,
    /** HTTP without an upgrade, answered with a page; closed after it. */
    PAGE,
    /** Not done in time. */
    HANDSHAKE_TIMEOUT,
    /** The client left before it was done. */
    ABANDONED
}
