package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;

/**
 * The line protocol's room, key {@code estim}.
 *
 * @param listen TCP endpoints; empty: off
 * @param websocket WebSocket endpoints; empty: off
 * @param bannerName name in the greeting
 * @param bannerVersion version in the greeting
 * @param maxLineBytes longest line of a client that is not bridged, line end not counted
 * @param registrationTimeout time to register
 * @param callTimeout time for the callee to answer
 * @param maxOffers callers that may wait for one user at a time; more hear busy
 * @param websocketOrigins browser origins that may connect, exact; empty: any
 * @param listener limits of both kinds of listener
 */
public record EstimConfig(
        List<Endpoint> listen,
        List<Endpoint> websocket,
        String bannerName,
        String bannerVersion,
        int maxLineBytes,
        Duration registrationTimeout,
        Duration callTimeout,
        int maxOffers,
        List<String> websocketOrigins,
        ListenerLimits listener) {

    public EstimConfig {
        listen = List.copyOf(listen);
        websocket = List.copyOf(websocket);
        websocketOrigins = List.copyOf(websocketOrigins);
    }
}
