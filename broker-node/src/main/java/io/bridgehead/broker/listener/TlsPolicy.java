package io.bridgehead.broker.listener;

import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The TLS that clients get: 1.2 and 1.3, forward secrecy and authenticated encryption only, no renegotiation by the
 * client (a second hand-shake costs the server far more than the client).
 */
final class TlsPolicy {

    private static final List<String> SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private TlsPolicy() {}

    /**
     * Switches TLS on. Must have run before the process' first TLS hand-shake as a server: the JDK reads its setting for
     * renegotiation once.
     *
     * @param options of a TCP or HTTP server
     * @param engine says where hand-shakes are computed: not on an event loop, where a reconnect storm would hold up every
     *     bridge on it
     */
    static void apply(
            NetServerOptions options,
            JdkSSLEngineOptions engine,
            KeyCertOptions certificate,
            Duration handshakeTimeout) {
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        options.setSsl(true)
                .setKeyCertOptions(certificate)
                .setSslEngineOptions(engine)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(handshakeTimeout.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        SUITES.forEach(options::addEnabledCipherSuite);
    }
}
