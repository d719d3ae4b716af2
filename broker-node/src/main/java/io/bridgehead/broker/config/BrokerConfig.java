package io.bridgehead.broker.config;

import java.util.Map;

/**
 * Everything that can be configured, one record for each section of the file. Made by {@link ConfigLoader}, which
 * has checked it. Immutable, any thread.
 *
 * @param plans plans by name; {@link PlanConfig#STANDARD} is always there
 */
public record BrokerConfig(
        NodeConfig node,
        ClusterConfig cluster,
        AccountsConfig accounts,
        StoreConfig store,
        Map<String, PlanConfig> plans,
        BridgeConfig bridge,
        EstimConfig estim,
        SignallingConfig signalling,
        RelayConfig relay,
        RendezvousConfig rendezvous,
        BesterConfig bester,
        FederationConfig federation,
        AdminConfig admin,
        MetricsConfig metrics) {

    public BrokerConfig {
        plans = Map.copyOf(plans);
        if (!plans.containsKey(PlanConfig.STANDARD)) {
            throw new IllegalArgumentException("plans: " + plans.keySet() + " (expected: one named standard)");
        }
    }
}
