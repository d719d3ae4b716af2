package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;

/**
 * What {@code bridgehead host} runs.
 *
 * @param services by name, each once
 * @param drainTime what running connections get after SIGTERM
 * @param metrics where {@code /metrics} and {@code /health} are; none: nowhere
 */
public record HostAgentConfig(List<HostServiceConfig> services, Duration drainTime, List<Endpoint> metrics) {

    public HostAgentConfig {
        services = List.copyOf(services);
        metrics = List.copyOf(metrics);
    }
}
