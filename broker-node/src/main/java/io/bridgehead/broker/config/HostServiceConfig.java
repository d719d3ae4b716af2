package io.bridgehead.broker.config;

import java.util.List;
import java.util.Optional;

/**
 * One service that a host agent offers through relays. Equal when nothing that matters has changed, the contents of its
 * files among it.
 *
 * @param name the service as the relay knows it
 * @param target where its clients are connected to
 * @param relays at least one
 * @param pool how many connections wait for clients, at all relays together
 * @param token the service's secret at the relay; none: for a service that the relay gives to any host
 * @param tls to the relay; empty: plain TCP
 */
public record HostServiceConfig(
        String name, Endpoint target, List<RelayAddress> relays, int pool, Secret token, Optional<Tls> tls) {

    public HostServiceConfig {
        relays = List.copyOf(relays);
        if (relays.isEmpty() || pool < 1 || target.port() == 0) {
            throw new IllegalArgumentException(
                    name + ": " + target + ", " + relays + ", pool " + pool + " (expected: a port, a relay, 1 or more)");
        }
    }

    /**
     * How the relay must show who it is; its certificate is always checked.
     *
     * @param ca PEM certificates that are trusted; empty: those the JDK trusts
     * @param serverName the name its certificate must have and that SNI asks for; empty: the host that is dialled
     */
    public record Tls(String ca, String serverName) {}
}
