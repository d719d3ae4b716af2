package io.bridgehead.broker.listener;

/** The listeners of a node: the configuration's key, for messages, and the value of the meters' {@code listener} tag. */
public enum ListenerKey {
    ESTIM("estim.listen"),
    ESTIM_WEBSOCKET("estim.websocket"),
    SIGNALLING("signalling.listen"),
    RELAY_HOSTS("relay.hosts"),
    RELAY_COMMANDS("relay.commands"),
    RELAY_CLIENTS("relay.clients"),
    RELAY_SNI("relay.sni.listen"),
    RENDEZVOUS_HTTP("rendezvous.http"),
    BESTER("bester.listen"),
    FEDERATION("federation.listen"),
    ADMIN("admin.listen"),
    METRICS("metrics.listen");

    private final String key;

    ListenerKey(String key) {
        this.key = key;
    }

    /** The configuration's key, such as {@code estim.listen}. */
    public String key() {
        return key;
    }
}
