package io.bridgehead.broker.relay;

/**
 * A service as the operator sees it. Immutable, any thread.
 *
 * @param anonymous whether hosts without a token serve it
 * @param spread how clients are spread over its hosts, as it is written in the configuration
 * @param hosts its hosts in the cluster
 * @param waiting their connections that wait for a client
 * @param clients their connections that have one
 * @param queue clients of this node that wait for a host
 */
public record ServiceStand(
        String name, boolean anonymous, String spread, int hosts, int waiting, int clients, int queue) {}
