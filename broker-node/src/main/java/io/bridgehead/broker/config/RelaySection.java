package io.bridgehead.broker.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Section {@code relay}. */
final class RelaySection {

    private static final String SERVICE = "[a-z0-9][a-z0-9-]{0,62}";
    private static final String SERVICE_RULE = "1..63 lower-case letters, digits and '-', a letter or digit first";

    private final Settings in;

    RelaySection(Settings in) {
        this.in = in;
    }

    RelayConfig read(ListenerLimits listener) {
        String anonymous = in.value("relay.anonymous-service", "", "empty, or " + SERVICE_RULE, text ->
                Optional.of(text).filter(name -> name.isEmpty() || name.matches(SERVICE)));
        return new RelayConfig(
                in.endpoints("relay.hosts", "0.0.0.0:8000"),
                in.endpoints("relay.commands", "0.0.0.0:8001"),
                in.endpoints("relay.clients", "0.0.0.0:8002"),
                in.time("relay.wait", "5s", "0s", "1h"),
                anonymous,
                in.time("relay.half-close-timeout", "60s", "100ms", "24h"),
                in.time("relay.drain-timeout", "5s", "100ms", "1h"),
                services(anonymous),
                listener);
    }

    private Map<String, RelayConfig.Service> services(String anonymous) {
        Set<String> leaves = Set.of("token", "listen", "spread");
        Map<String, RelayConfig.Service> services = new TreeMap<>();
        for (String name : in.names("relay.services.", leaves)) {
            if (name.matches(SERVICE)) {
                services.put(name, service(name));
            } else {
                leaves.forEach(leaf -> in.find("relay.services." + name + "." + leaf));
                in.problems().add(new ConfigProblem.BadValue(
                        "relay.services", name, "a service's name: " + SERVICE_RULE, ""));
            }
        }
        if (!anonymous.isEmpty()) {
            services.computeIfAbsent(anonymous, this::service);
        }
        return services;
    }

    private RelayConfig.Service service(String name) {
        String prefix = "relay.services." + name + ".";
        return new RelayConfig.Service(
                in.value(
                        prefix + "token",
                        "",
                        "sha256: and 64 hex digits, as bridgehead relay token prints it; never the token itself",
                        text -> Optional.of(text).filter(hash -> hash.isEmpty() || hash.matches("sha256:[0-9a-f]{64}"))),
                in.endpoints(prefix + "listen", ""),
                in.oneOf(prefix + "spread", RelayConfig.Spread.LEAST_LOADED, RelayConfig.Spread.class));
    }
}
