package io.bridgehead.broker.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What only shows when keys are seen together, or against the files of this machine. */
final class ConfigChecks {

    /** An endpoint and the key it stands under. */
    private record Listener(String key, Endpoint endpoint) {}

    private final Settings in;
    private final BrokerConfig config;

    ConfigChecks(Settings in, BrokerConfig config) {
        this.in = in;
        this.config = config;
    }

    /** Adds what is wrong to the problems. */
    void run() {
        certificate("estim", config.estim().listener().tls());
        certificate("signalling", config.signalling().listener().tls());
        certificate("relay", config.relay().listener().tls());
        certificate("admin", config.admin().tls());
        certificate("metrics", config.metrics().tls());
        relayServices();
        distinctPorts();
        guardedAdmin();
        if (!config.accounts().pepperFile().toString().isEmpty()) {
            readable("accounts.pepper-file", config.accounts().pepperFile());
        }
        Path schemas = config.signalling().schemas();
        if (!schemas.toString().isEmpty() && !Files.isDirectory(schemas)) {
            refuse("signalling.schemas", schemas.toString(), "a directory");
        }
    }

    private void relayServices() {
        RelayConfig relay = config.relay();
        certificate("relay.sni", relay.sni().tls());
        if (!relay.sni().listen().isEmpty() && !relay.sni().tls().enabled()) {
            refuse("relay.sni.tls.cert", "", "a PEM file, because relay.sni.listen is set");
        }
        Map<String, String> names = new HashMap<>();
        relay.services().forEach((service, settings) -> {
            String prefix = "relay.services." + service + ".";
            RelayConfig.Rules rules = settings.rules();
            if (!rules.sni().isEmpty() && relay.sni().listen().isEmpty()) {
                refuse(prefix + "sni", String.join(",", rules.sni()), "empty, or a relay.sni.listen");
            }
            if (rules.consent() != RelayConfig.Consent.NONE && rules.owner().isEmpty()) {
                refuse(prefix + "owner", "", "an account, because " + prefix + "consent asks it");
            }
            rules.sni().forEach(name -> {
                String other = names.putIfAbsent(name, service);
                if (other != null) {
                    refuse(prefix + "sni", name, "a name of its own; relay.services." + other + ".sni has it");
                }
            });
        });
    }

    private void certificate(String section, TlsFiles tls) {
        String certKey = section + ".tls.cert";
        String keyKey = section + ".tls.key";
        boolean cert = !tls.cert().toString().isEmpty();
        boolean key = !tls.key().toString().isEmpty();
        if (cert != key) {
            refuse(cert ? keyKey : certKey, "", "a PEM file, because " + (cert ? certKey : keyKey) + " is set");
        }
        if (cert) {
            readable(certKey, tls.cert());
        }
        if (key) {
            readable(keyKey, tls.key());
        }
    }

    private void readable(String key, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            refuse(key, file.toString(), "a readable file");
        }
    }

    private void distinctPorts() {
        List<Listener> taken = new ArrayList<>();
        listeners().forEach(each -> {
            taken.stream().filter(other -> collide(other.endpoint(), each.endpoint())).findFirst().ifPresent(other ->
                    refuse(each.key(), each.endpoint().toString(),
                            "a port of its own; " + other.key() + " has " + other.endpoint()));
            taken.add(each);
        });
    }

    private List<Listener> listeners() {
        List<Listener> all = new ArrayList<>();
        config.estim().listen().forEach(each -> all.add(new Listener("estim.listen", each)));
        config.estim().websocket().forEach(each -> all.add(new Listener("estim.websocket", each)));
        config.signalling().listen().forEach(each -> all.add(new Listener("signalling.listen", each)));
        if (config.relay().isOpen()) {
            config.relay().hosts().forEach(each -> all.add(new Listener("relay.hosts", each)));
            config.relay().commands().forEach(each -> all.add(new Listener("relay.commands", each)));
            config.relay().clients().forEach(each -> all.add(new Listener("relay.clients", each)));
            config.relay().sni().listen().forEach(each -> all.add(new Listener("relay.sni.listen", each)));
            config.relay().services().forEach((name, service) -> service.listen().forEach(each ->
                    all.add(new Listener("relay.services." + name + ".listen", each))));
        }
        config.admin().listen().forEach(each -> all.add(new Listener("admin.listen", each)));
        config.metrics().listen().forEach(each -> all.add(new Listener("metrics.listen", each)));
        return all;
    }

    private static boolean collide(Endpoint a, Endpoint b) {
        return a.port() != 0
                && a.port() == b.port()
                && (a.host().equals(b.host())
                        || EndpointText.isWildcard(a.host())
                        || EndpointText.isWildcard(b.host()));
    }

    private void guardedAdmin() {
        AdminConfig admin = config.admin();
        if (admin.tls().enabled() || admin.insecure()) {
            return;
        }
        admin.listen().stream().filter(each -> !EndpointText.isLoopback(each)).findFirst().ifPresent(open ->
                refuse("admin.listen", open.toString(),
                        "a loopback address, or admin.tls.cert and admin.tls.key, or admin.insecure: true"));
    }

    private void refuse(String key, String value, String expected) {
        String origin = in.find(key).map(Layers.Found::origin).orElse("");
        in.problems().add(new ConfigProblem.BadValue(key, value, expected, origin));
    }
}
