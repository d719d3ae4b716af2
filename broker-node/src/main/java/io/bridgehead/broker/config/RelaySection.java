package io.bridgehead.broker.config;

import io.bridgehead.broker.model.AccountId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Section {@code relay}. */
final class RelaySection {

    private static final String SERVICE = "[a-z0-9][a-z0-9-]{0,62}";
    private static final String SERVICE_RULE = "1..63 lower-case letters, digits and '-', a letter or digit first";

    private static final Set<String> LEAVES = Set.of(
            "token", "listen", "spread", "sni", "allow", "max-connections", "max-bytes-per-second", "idle-timeout",
            "proxy-protocol", "owner", "consent", "consent-for");

    private static final String NAME = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";

    private final Settings in;
    private final String homeDomain;

    /** @param homeDomain the domain of an owner's bare id */
    RelaySection(Settings in, String homeDomain) {
        this.in = in;
        this.homeDomain = homeDomain;
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
                new RelayConfig.Sni(
                        in.endpoints("relay.sni.listen", ""),
                        new TlsFiles(in.path("relay.sni.tls.cert", ""), in.path("relay.sni.tls.key", ""))),
                in.time("relay.consent-wait", "60s", "100ms", "1h"),
                services(anonymous),
                listener);
    }

    private Map<String, RelayConfig.Service> services(String anonymous) {
        Map<String, RelayConfig.Service> services = new TreeMap<>();
        for (String name : in.names("relay.services.", LEAVES)) {
            if (name.matches(SERVICE)) {
                services.put(name, service(name));
            } else {
                LEAVES.forEach(leaf -> in.find("relay.services." + name + "." + leaf));
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
                in.oneOf(prefix + "spread", RelayConfig.Spread.LEAST_LOADED, RelayConfig.Spread.class),
                rules(prefix));
    }

    private RelayConfig.Rules rules(String prefix) {
        return new RelayConfig.Rules(
                in.texts(prefix + "sni", "host names in lower case, several separated by commas", name -> name.matches(NAME)),
                in.texts(
                        prefix + "allow",
                        "addresses or blocks like 10.0.0.0/8, several separated by commas",
                        EndpointText::isAddressBlock),
                in.integer(prefix + "max-connections", 0, 0, 1_000_000),
                in.value(prefix + "max-bytes-per-second", "0", "0, or bytes like 64KiB, 10MiB in 1KiB..1TiB", text ->
                        Quantity.bytes(text).filter(rate -> rate == 0 || rate >= 1024 && rate <= 1L << 40)),
                in.value(prefix + "idle-timeout", "0s", "0s, or a time like 500ms, 25s, 3m, 1h in 100ms..7d", text ->
                        Quantity.time(text).filter(time -> time.isZero()
                                || time.toMillis() >= 100 && time.toDays() <= 7)),
                in.oneOf(prefix + "proxy-protocol", RelayConfig.ProxyProtocol.NONE, RelayConfig.ProxyProtocol.class),
                in.value(prefix + "owner", "", "an account's id, like alice or alice@example.org; empty: nobody's", text ->
                        text.isEmpty() ? Optional.of(Optional.<AccountId>empty())
                                : AccountId.parse(text, homeDomain).map(Optional::of)),
                in.oneOf(prefix + "consent", RelayConfig.Consent.NONE, RelayConfig.Consent.class),
                in.time(prefix + "consent-for", "1h", "1s", "30d"));
    }
}
