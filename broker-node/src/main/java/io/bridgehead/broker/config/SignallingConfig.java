package io.bridgehead.broker.config;

import java.util.List;

/** WebRTC introductions, key {@code signalling}. This version has no such room: {@code listen} is empty. */
public record SignallingConfig(List<Endpoint> listen) {

    public SignallingConfig {
        listen = List.copyOf(listen);
    }
}
