package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;

/**
 * Pools of outbound host connections, key {@code relay}. This version has no such room: its listeners are empty.
 *
 * @param hosts where hosts dial in
 * @param commands where commands are taken
 * @param clients where clients dial in
 * @param hostWait time a client waits for a host
 * @param anonymousService service of a client that names none
 */
public record RelayConfig(
        List<Endpoint> hosts,
        List<Endpoint> commands,
        List<Endpoint> clients,
        Duration hostWait,
        String anonymousService) {

    public RelayConfig {
        hosts = List.copyOf(hosts);
        commands = List.copyOf(commands);
        clients = List.copyOf(clients);
    }
}
