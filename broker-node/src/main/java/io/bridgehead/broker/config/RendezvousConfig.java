package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;

/**
 * Heartbeats for hole punching, key {@code rendezvous}. This version has no such room: its listeners are empty.
 *
 * @param http HTTP endpoints
 * @param udp UDP endpoints
 * @param pulse time between heartbeats
 * @param errorTime silence after which a peer is gone
 * @param firstPulse time to the first heartbeat
 */
public record RendezvousConfig(
        List<Endpoint> http, List<Endpoint> udp, Duration pulse, Duration errorTime, Duration firstPulse) {

    public RendezvousConfig {
        http = List.copyOf(http);
        udp = List.copyOf(udp);
    }
}
