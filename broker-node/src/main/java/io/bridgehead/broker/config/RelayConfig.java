package io.bridgehead.broker.config;

import io.bridgehead.broker.model.AccountId;
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
 * @param sni where clients of services come in that share a port, each by the name in its TLS hand-shake
 * @param consentWait time an owner has to answer for a client
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
        Sni sni,
        Duration consentWait,
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
     * @param rules what its clients and hosts are held to
     */
    public record Service(String token, List<Endpoint> listen, Spread spread, Rules rules) {

        public Service {
            listen = List.copyOf(listen);
        }
    }

    /** Whether hosts are told of a client's address by a PROXY header. */
    public enum ProxyProtocol {
        NONE,
        V1,
        V2
    }

    /** Whether the owner is asked before a client gets a host. */
    public enum Consent {
        NONE,
        /** For each client. */
        CLIENT,
        /** For each client address; the answer holds for a time. */
        ADDRESS
    }

    /**
     * What a service's connections are held to.
     *
     * @param sni names in the TLS hand-shake that mean it
     * @param allow addresses or blocks its clients may come from; empty: any
     * @param maxConnections clients at a time in the cluster; 0: no limit
     * @param maxBytesPerSecond bytes taken from its clients and hosts on one node; 0: no limit
     * @param idleTimeout a pipe on which nothing goes either way for so long is closed; 0: never
     * @param owner whose ban or expiry ends it; empty: nobody's
     * @param consentFor how long a yes holds for an address
     */
    public record Rules(
            List<String> sni,
            List<String> allow,
            int maxConnections,
            long maxBytesPerSecond,
            Duration idleTimeout,
            ProxyProtocol proxyProtocol,
            Optional<AccountId> owner,
            Consent consent,
            Duration consentFor) {

        public Rules {
            sni = List.copyOf(sni);
            allow = List.copyOf(allow);
        }
    }

    /** The clients' door that services share; no endpoints: there is none. */
    public record Sni(List<Endpoint> listen, TlsFiles tls) {

        public Sni {
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
