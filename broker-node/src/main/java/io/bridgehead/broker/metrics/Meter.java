package io.bridgehead.broker.metrics;

import java.util.List;

/**
 * Every meter of a node, once: its name as Prometheus sees it, what it counts, its unit, and the keys of its tags. The
 * values of tags are the constants of an enum (see {@link Meters}), never a user, an address or free text.
 */
public enum Meter {
    /** Sessions that are registered. */
    SESSIONS("bridgehead_sessions", Type.GAUGE, "sessions", "Registered sessions on this node."),
    /** Named apart from the counter of connections: OpenMetrics takes a counter's name without its suffix. */
    CONNECTIONS_OPEN("bridgehead_connections_open", Type.GAUGE, "connections",
            "Client connections that are open now, those still in their hand-shake among them.", "listener"),
    CONNECTIONS("bridgehead_connections_total", Type.COUNTER, "connections",
            "Client connections that came, by how their hand-shake ended.", "listener", "result"),
    REGISTRATIONS("bridgehead_registrations_total", Type.COUNTER, "registrations",
            "Attempts to register, by how they ended.", "result"),
    CONNECT("bridgehead_connect_seconds", Type.TIMER, "seconds",
            "Time from a caller's connect until both ends are connected, the callee's time to answer included."),
    CALLS("bridgehead_calls_total", Type.COUNTER, "calls", "Calls, by how they ended.", "outcome"),
    BRIDGES("bridgehead_bridges", Type.GAUGE, "bridges", "Ends of bridges that are open on this node."),
    BRIDGE_BYTES("bridgehead_bridge_bytes_total", Type.COUNTER, "bytes",
            "Bytes taken from clients for the other end of their bridge."),
    BRIDGE_FAILURES("bridgehead_bridge_failures_total", Type.COUNTER, "bridges",
            "Bridges between nodes that ended though neither end wanted it, by reason.", "reason"),
    DRAINING("bridgehead_draining", Type.GAUGE, "boolean",
            "1 while the node drains or is drained and takes no users, else 0."),
    DRAIN_MOVES("bridgehead_drain_moves_total", Type.COUNTER, "sessions",
            "Idle sessions that a drain asked to move to another node."),
    CLOSES("bridgehead_closes_total", Type.COUNTER, "sessions", "Sessions that ended, by reason.", "reason"),
    MALFORMED("bridgehead_malformed_total", Type.COUNTER, "commands",
            "Commands of clients that could not be understood."),
    SIGNALLING_SERVERS("bridgehead_signalling_servers", Type.GAUGE, "servers",
            "Signalling servers whose messages this node passes on, those that are awaited back among them."),
    SIGNALLING_PEERS("bridgehead_signalling_peers", Type.GAUGE, "peers",
            "Signalling servers and clients that are connected to this node."),
    SIGNALLING_MESSAGES("bridgehead_signalling_messages_total", Type.COUNTER, "messages",
            "Signalling messages that were taken from peers of this node for other peers."),
    SIGNALLING_ERRORS("bridgehead_signalling_errors_total", Type.COUNTER, "messages",
            "Signalling messages that peers were told an ERROR about, by its code.", "code"),
    SIGNALLING_CLOSES("bridgehead_signalling_closes_total", Type.COUNTER, "connections",
            "Signalling connections that ended, by reason.", "reason"),
    SIGNALLING_RESUMES("bridgehead_signalling_resumes_total", Type.COUNTER, "connections",
            "Signalling peers that came back with their secret, by how it ended.", "result"),
    SIGNALLING_TAKE_OVERS("bridgehead_signalling_take_overs_total", Type.COUNTER, "servers",
            "Signalling servers that this node went on with after another node had gone."),
    RELAY_WAITING("bridgehead_relay_hosts_waiting", Type.GAUGE, "connections",
            "Host connections of this node that wait for a client, by service.", "service"),
    RELAY_QUEUE("bridgehead_relay_clients_waiting", Type.GAUGE, "clients",
            "Clients of this node that wait for a host, by service.", "service"),
    RELAY_CLIENTS("bridgehead_relay_clients_total", Type.COUNTER, "clients",
            "Clients that came to this node, by service and by whether they got a host.", "service", "result"),
    RELAY_HOSTS_OUT("bridgehead_relay_hosts_out_total", Type.COUNTER, "hosts",
            "Times that a host got no clients for a while, because it dropped them at once."),
    RELAY_CLOSES("bridgehead_relay_closes_total", Type.COUNTER, "connections",
            "Connections of the relay room that ended, by their kind and the reason.", "kind", "reason"),
    EVENT_LOOP_LAG("bridgehead_event_loop_lag_seconds", Type.TIMER, "seconds",
            "How late a periodic timer ran on each event loop: high values mean that something blocks."),
    NATIVE_TRANSPORT("bridgehead_native_transport", Type.GAUGE, "boolean",
            "1 when the operating system's own network interface is in use, 0 when Java's."),
    CERTIFICATE_EXPIRY("bridgehead_certificate_expiry_seconds", Type.GAUGE, "seconds",
            "When the certificate in use ends, in seconds since 1970.", "listener"),
    CERTIFICATE_RELOADS("bridgehead_certificate_reloads_total", Type.COUNTER, "reloads",
            "Changed certificate files, by whether they could be used.", "result"),
    CLUSTER_MEMBERS("bridgehead_cluster_members", Type.GAUGE, "nodes",
            "Nodes of the cluster that this node knows, itself among them; 1 without a cluster."),
    ADMISSION_QUEUE("bridgehead_admission_queue", Type.GAUGE, "registrations",
            "Registrations that wait for their credentials to be checked."),
    PIN_HASHES("bridgehead_pin_hashes_total", Type.COUNTER, "hashes",
            "Argon2 runs: PINs that were made or checked and not remembered."),
    STORE_QUEUE("bridgehead_store_queue", Type.GAUGE, "questions",
            "Reads and writes of the account store that wait for their turn; at most 1,000 of each."),
    STORE_UP("bridgehead_store_up", Type.GAUGE, "boolean", "1 when the account store answered last, else 0."),
    /** Not {@code _info}: the registry takes that suffix away. */
    BUILD("bridgehead_build", Type.INFO, "boolean", "Always 1: the version that runs.", "version", "java");

    private final String meterName;
    private final Type type;
    private final String unit;
    private final String meaning;
    private final List<String> tagKeys;

    Meter(String meterName, Type type, String unit, String meaning, String... tagKeys) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.meaning = meaning;
        this.tagKeys = List.of(tagKeys);
    }

    /** The name, Prometheus style. */
    public String meterName() {
        return meterName;
    }

    public Type type() {
        return type;
    }

    /** What is counted or measured. */
    public String unit() {
        return unit;
    }

    /** One sentence, the HELP of a scrape. */
    public String meaning() {
        return meaning;
    }

    /** The keys of the tags, in the order in which {@link Meters} takes their values. */
    public List<String> tagKeys() {
        return tagKeys;
    }

    /** What kind of number a meter is. */
    public enum Type {
        /** Only rises; its name ends in {@code _total}. */
        COUNTER,
        /** Rises and falls. */
        GAUGE,
        /** Durations, as a histogram. */
        TIMER,
        /** Always 1, with texts that hold for the life of the process as tags. */
        INFO
    }
}
