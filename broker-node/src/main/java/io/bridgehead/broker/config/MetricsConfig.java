package io.bridgehead.broker.config;

import java.util.List;

/**
 * Metrics and health over HTTP, key {@code metrics}.
 *
 * @param listen endpoints; empty: off
 * @param tls certificate, or absent
 */
public record MetricsConfig(List<Endpoint> listen, TlsFiles tls) {

    public MetricsConfig {
        listen = List.copyOf(listen);
    }
}
