package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Typed messages to handlers, key {@code bester}. This version has no such room: what it would listen on is empty.
 *
 * @param listen TCP endpoints
 * @param unix path of a Unix socket
 * @param informer address of the informer
 * @param legacyServers endpoints for servers of the old protocol
 * @param handlers handlers by message type
 */
public record BesterConfig(
        List<Endpoint> listen,
        String unix,
        String informer,
        List<Endpoint> legacyServers,
        Map<String, Handler> handlers) {

    /** A process that handles one type of message: reached by a socket or started by a command. */
    public record Handler(String socket, String command, Duration timeout) {}

    public BesterConfig {
        listen = List.copyOf(listen);
        legacyServers = List.copyOf(legacyServers);
        handlers = Map.copyOf(handlers);
    }
}
