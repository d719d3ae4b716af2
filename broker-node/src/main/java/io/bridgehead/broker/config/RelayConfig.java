package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pools of outbound host connections, key {@code relay}.
 *
 * @param hosts where hosts' data connections come in
 * @param commands where hosts' command connections come in
 * @param clients where clients come in for the anonymous service, or for the only one
 * @param hostWait time a client waits for a host
 * @param anonymousService service of hosts that show no token; empty: none
 * @param halfClose when one direction has ended, how long the other may be silent
 * @param drain the same for a host that has not named itself, and cannot tell half a close from a whole one
 * @param services by name, the anonymous one among them; none: nothing listens
 * @param listener limits of all its listeners
 */
public record RelayConfig(
        List<Endpoint> hosts,
        List<Endpoint> commands,
        List<Endpoint> clients,
        Duration hostWait,
        String anonymousService,
        Duration halfClose,
        Duration drain,
        Map<String, Service> services,
        ListenerLimits listener) {

    public RelayConfig {
        hosts = List.copyOf(hosts);
        commands = List.copyOf(commands);
        clients = List.copyOf(clients);
        services = Map.copyOf(services);
    }

    /** Which of several hosts a client gets. */
    public enum Spread {
        LEAST_LOADED,
        LONGEST_WAITING,
        STICKY
    }

    /**
     * What hosts serve.
     *
     * @param token {@code sha256:} and 64 hex digits, the hash of its hosts' token; empty: it has none
     * @param listen where its clients come in
     * @param spread which of its hosts a client gets
     */
    public record Service(String token, List<Endpoint> listen, Spread spread) {

        public Service {
            listen = List.copyOf(listen);
        }
    }

    /** Whether there is anything to listen for. */
    public boolean isOpen() {
        return !services.isEmpty();
    }

    /** Whose clients come in at {@link #clients}: the anonymous service's, or the only one's. */
    public Optional<String> commonService() {
        return anonymousService.isEmpty()
                ? services.keySet().stream().filter(only -> services.size() == 1).findFirst()
                : Optional.of(anonymousService);
    }
}
