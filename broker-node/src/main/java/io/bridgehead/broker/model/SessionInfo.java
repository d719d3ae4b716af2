package io.bridgehead.broker.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What an operator sees of a connection.
 *
 * @param address node and session id
 * @param protocol {@code line-tcp}, {@code line-websocket}, …
 * @param remoteAddress the client's address, behind any trusted proxy
 * @param connectedAt when the connection was made
 * @param account whose it is, once registered
 * @param state the room's word for what it is doing
 * @param partner display name of the other end of the bridge, while there is one
 */
public record SessionInfo(
        SessionAddress address,
        String protocol,
        String remoteAddress,
        Instant connectedAt,
        Optional<AccountId> account,
        String state,
        Optional<String> partner) {}
