package io.bridgehead.broker.config;

import io.bridgehead.broker.model.NodeId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Every key with its default and its limits, one method for each section. */
final class Sections {

    private static final String PLAN_NAME = "[a-z0-9][a-z0-9-]{0,31}";

    private final Settings in;
    private final String hostName;
    private final boolean readFiles;

    /**
     * @param hostName name of the node when {@code node.name} is not set
     * @param readFiles whether files with secrets are read
     */
    Sections(Settings in, String hostName, boolean readFiles) {
        this.in = in;
        this.hostName = hostName;
        this.readFiles = readFiles;
    }

    BrokerConfig all(StoreConfig store) {
        NodeConfig node = node();
        return new BrokerConfig(
                node,
                cluster(),
                accounts(),
                store,
                plans(),
                bridge(),
                estim(),
                new SignallingSection(in, readFiles).read(limits("signalling")),
                new RelaySection(in, node.domain()).read(limits("relay")),
                AbsentRooms.rendezvous(in),
                AbsentRooms.bester(in),
                AbsentRooms.federation(in),
                new AdminConfig(
                        in.endpoints("admin.listen", "127.0.0.1:8090"),
                        in.path("admin.token-file", "data/admin.token"),
                        in.flag("admin.insecure", false),
                        tls("admin")),
                new MetricsConfig(in.endpoints("metrics.listen", "127.0.0.1:9464"), tls("metrics")));
    }

    private BridgeConfig bridge() {
        return new BridgeConfig(
                (int) in.bytes("bridge.window", 512 * 1024, BridgeConfig.MIN_WINDOW, BridgeConfig.MAX_WINDOW),
                in.time("bridge.stall-timeout", "5m", "1s", "24h"));
    }

    private NodeConfig node() {
        NodeId name = in.value("node.name", "", "1..63 letters, digits, '-', '.', '_'", text ->
                Optional.of(text.isEmpty() ? hostName : text)
                        .filter(chosen -> chosen.matches("[A-Za-z0-9._-]{1,63}"))
                        .map(NodeId::new));
        return new NodeConfig(
                name,
                in.value("node.domain", "localhost", "a domain name in lower case, like example.org", text ->
                        Optional.of(text).filter(domain -> domain.matches("[a-z0-9](?:[a-z0-9.-]{0,187}[a-z0-9])?"))),
                in.value("node.data-dir", "data", "a directory", text ->
                        Optional.of(text).filter(path -> !path.isEmpty()).map(Path::of)),
                in.time("node.drain-time", "25s", "0s", "1h"),
                in.time("node.accept-grace", "5s", "0s", "1h"));
    }

    private ClusterConfig cluster() {
        return new ClusterConfig(
                in.flag("cluster.enabled", false),
                in.text("cluster.name", "bridgehead", 128),
                in.endpoints("cluster.listen", "127.0.0.1:5701"),
                in.endpoints("cluster.members", ""),
                in.endpoints("cluster.event-bus", "127.0.0.1:15701"),
                in.oneOf("cluster.discovery", ClusterConfig.Discovery.MEMBERS, ClusterConfig.Discovery.class),
                in.text("cluster.service-dns", "", 253),
                in.integer("cluster.expected-nodes", 0, 0, 1000),
                in.flag("cluster.insecure", false),
                new MutualTlsFiles(
                        in.path("cluster.tls.cert", ""),
                        in.path("cluster.tls.key", ""),
                        in.path("cluster.tls.ca", "")));
    }

    private AccountsConfig accounts() {
        return new AccountsConfig(
                in.oneOf("accounts.mode", AccountsConfig.Mode.SUBSCRIPTION, AccountsConfig.Mode.class),
                in.flag("accounts.require-pin", false),
                in.integer("accounts.pin-attempts", 5, 1, 1000),
                in.integer("accounts.pin-attempts-per-address", 20, 1, 100_000),
                in.path("accounts.pepper-file", ""));
    }

    private Map<String, PlanConfig> plans() {
        Set<String> leaves = Set.of("max-bytes-per-second", "max-bytes-per-month", "max-sessions", "grace");
        Map<String, PlanConfig> plans = new TreeMap<>();
        plans.put(PlanConfig.STANDARD, plan(PlanConfig.STANDARD));
        for (String name : in.names("plans.", leaves)) {
            if (name.matches(PLAN_NAME)) {
                plans.computeIfAbsent(name, this::plan);
            } else {
                leaves.forEach(leaf -> in.find("plans." + name + "." + leaf));
                in.problems().add(new ConfigProblem.BadValue(
                        "plans", name, "a plan name: 1..32 lower-case letters, digits and '-'", ""));
            }
        }
        return plans;
    }

    private PlanConfig plan(String name) {
        String prefix = "plans." + name + ".";
        notEnforced(prefix + "max-bytes-per-second");
        notEnforced(prefix + "max-bytes-per-month");
        notEnforced(prefix + "max-sessions");
        return new PlanConfig(0, 0, 0, in.time(prefix + "grace", "0s", "0s", "366d"));
    }

    /** A limit that somebody set and nobody holds is worse than none. */
    private void notEnforced(String key) {
        in.find(key).filter(found -> !found.text().strip().equals("0")).ifPresent(found ->
                in.refuse(key, found, "0; this version does not enforce it"));
    }

    private EstimConfig estim() {
        return new EstimConfig(
                in.endpoints("estim.listen", "0.0.0.0:37846,0.0.0.0:38746"),
                in.endpoints("estim.websocket", "0.0.0.0:37847"),
                in.text("estim.banner-name", "estim broker", 64),
                in.text("estim.banner-version", "0.2", 32),
                in.integer("estim.max-line-bytes", 1024, 64, 65536),
                in.time("estim.registration-timeout", "60s", "100ms", "1h"),
                in.time("estim.call-timeout", "60s", "100ms", "1h"),
                in.integer("estim.max-offers", 16, 1, 1024),
                in.texts(
                        "estim.websocket-origins",
                        "origins like https://example.org, several separated by commas",
                        origin -> origin.matches("[a-z][a-z0-9+.-]*://[^/\\s,]+")),
                limits("estim"));
    }

    private ListenerLimits limits(String room) {
        return new ListenerLimits(
                in.integer(room + ".max-connections", 20_000, 1, 1_000_000),
                in.integer(room + ".connections-per-second", 200, 0, 1_000_000),
                in.integer(room + ".connection-burst", 1_000, 1, 1_000_000),
                in.integer(room + ".backlog", 4096, 1, 65535),
                in.time(room + ".handshake-timeout", "10s", "100ms", "5m"),
                in.time(room + ".write-timeout", "30s", "100ms", "1h"),
                in.time(room + ".tcp-user-timeout", "30s", "100ms", "1h"),
                in.texts(
                        room + ".proxy-protocol-from",
                        "addresses or blocks like 10.0.0.0/8, several separated by commas",
                        EndpointText::isAddressBlock),
                tls(room));
    }

    private TlsFiles tls(String section) {
        return new TlsFiles(in.path(section + ".tls.cert", ""), in.path(section + ".tls.key", ""));
    }
}
