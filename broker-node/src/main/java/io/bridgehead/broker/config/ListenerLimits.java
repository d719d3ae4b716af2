package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;

/**
 * What every listener of client connections is held to. All of it under the room's key, e.g.
 * {@code estim.max-connections}.
 *
 * @param maxConnections connections at a time; more are closed at once
 * @param connectionsPerSecond connections a second from one address (IPv6: one /64); 0: no limit
 * @param connectionBurst connections from one address that may come at once
 * @param backlog connections the kernel may hold before they are accepted
 * @param handshakeTimeout time for the PROXY header and the wait for TLS's turn; then again for TLS and the upgrade
 * @param writeTimeout a peer that takes nothing of what was written to it for so long is closed
 * @param tcpUserTimeout TCP_USER_TIMEOUT: unacknowledged data for so long means the peer is gone
 * @param proxyProtocolFrom addresses or CIDR blocks that must speak the PROXY protocol; empty: it is off
 * @param tls certificate, or absent
 */
public record ListenerLimits(
        int maxConnections,
        int connectionsPerSecond,
        int connectionBurst,
        int backlog,
        Duration handshakeTimeout,
        Duration writeTimeout,
        Duration tcpUserTimeout,
        List<String> proxyProtocolFrom,
        TlsFiles tls) {

    public ListenerLimits {
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    }

    /** The same with another certificate. */
    public ListenerLimits with(TlsFiles other) {
        return new ListenerLimits(
                maxConnections, connectionsPerSecond, connectionBurst, backlog, handshakeTimeout, writeTimeout,
                tcpUserTimeout, proxyProtocolFrom, other);
    }
}
