package io.bridgehead.broker.config;

import java.util.List;
import java.util.Map;

/**
 * Links to other clusters, key {@code federation}. This version has none: {@code listen} is empty.
 *
 * @param listen where peers reach this cluster
 * @param tls certificates of both ends
 * @param peers peers by domain
 */
public record FederationConfig(List<Endpoint> listen, MutualTlsFiles tls, Map<String, Peer> peers) {

    /** A peer cluster: {@code host:port}, and whether it is let in. */
    public record Peer(String address, boolean allow) {}

    public FederationConfig {
        listen = List.copyOf(listen);
        peers = Map.copyOf(peers);
    }
}
