package io.bridgehead.broker.config;

import java.util.List;

/**
 * The nodes that work as one, key {@code cluster}.
 *
 * @param enabled whether this node joins others
 * @param name only nodes of the same name join
 * @param listen where other members reach this one
 * @param members addresses of other members, for {@link Discovery#MEMBERS}
 * @param eventBus where the event bus of other nodes reaches this one
 * @param discovery how members are found
 * @param serviceDns name whose addresses are the members, for {@link Discovery#DNS}
 * @param expectedNodes nodes that the cluster is meant to have; from 3 on, less than a majority of them takes no new
 *     registrations; 0: not known
 * @param insecure whether a non-loopback address without mutual TLS is allowed
 * @param tls certificates of the event bus
 */
public record ClusterConfig(
        boolean enabled,
        String name,
        List<Endpoint> listen,
        List<Endpoint> members,
        List<Endpoint> eventBus,
        Discovery discovery,
        String serviceDns,
        int expectedNodes,
        boolean insecure,
        MutualTlsFiles tls) {

    /** How the members of a cluster find each other. */
    public enum Discovery {
        MEMBERS,
        DNS
    }

    public ClusterConfig {
        listen = List.copyOf(listen);
        members = List.copyOf(members);
        eventBus = List.copyOf(eventBus);
    }
}
