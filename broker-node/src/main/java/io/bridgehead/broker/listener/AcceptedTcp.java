package io.bridgehead.broker.listener;

import io.vertx.core.internal.net.NetSocketInternal;

/**
 * A TCP connection through the door, TLS and PROXY header done.
 *
 * @param address the client's, behind a trusted proxy; without port
 */
public record AcceptedTcp(NetSocketInternal socket, String address, ListenerKey listener) {}
