package io.bridgehead.broker.cluster;

import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.Set;

/** The event bus's own server and client: where, how patient, and whom it trusts. */
final class BusSettings {

    /** How often a connection is asked for a sign of life. */
    static final Duration PING = Duration.ofSeconds(2);

    /** A node that stands still for 3 s must not lose its bridges: the connection outlives that. */
    private static final Duration PONG = Duration.ofSeconds(4);

    /** A SYN sent into a partition must not keep messages waiting after the heal. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(1500);

    /**
     * A connection without a pong is closed, but only once what was written to it has gone out: after a partition that
     * would be at the old connection's next retransmission, up to minutes after the heal. No node waits longer for
     * another than this.
     */
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(5);

    private BusSettings() {}

    static EventBusOptions of(ClusterConfig cluster) {
        Endpoint listen = cluster.eventBus().get(0);
        EventBusOptions options = new EventBusOptions()
                .setHost(listen.host())
                .setPort(listen.port())
                .setClusterPublicHost(listen.host())
                .setClusterPingInterval(PING.toMillis())
                .setClusterPingReplyInterval(PONG.toMillis())
                .setTcpUserTimeout((int) UNACKNOWLEDGED.toMillis())
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        return cluster.tls().enabled() ? mutual(options, cluster.tls()) : options.setSsl(false);
    }

    /**
     * TLS alone would trust anybody: the bus's defaults are to trust all, and to ask nobody for a certificate. BoringSSL
     * carries nearly twice the bytes of the JDK's own, which serves where there is no library for the system.
     */
    private static EventBusOptions mutual(EventBusOptions options, MutualTlsFiles files) {
        return options.setSsl(true)
                .setSslEngineOptions(OpenSSLEngineOptions.isAvailable() ? new OpenSSLEngineOptions() : new JdkSSLEngineOptions())
                .setTrustAll(false)
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(files.cert().toString())
                        .setKeyPath(files.key().toString()))
                .setTrustOptions(new PemTrustOptions().addCertPath(files.ca().toString()));
    }
}
