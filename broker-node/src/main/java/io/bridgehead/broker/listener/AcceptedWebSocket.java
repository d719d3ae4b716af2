package io.bridgehead.broker.listener;

import io.vertx.core.http.ServerWebSocket;

/**
 * A WebSocket that was upgraded.
 *
 * @param socket its path is whatever the client asked for
 * @param address the client's, behind a trusted proxy; without port
 */
public record AcceptedWebSocket(ServerWebSocket socket, String address, ListenerKey listener) {}
