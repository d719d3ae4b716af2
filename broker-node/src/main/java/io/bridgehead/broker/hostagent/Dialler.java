package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.HostServiceConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Opens the connections of one service. On a context, whose event loop then has the connection. */
final class Dialler implements AutoCloseable {

    private static final Duration RELAY_CONNECT = Duration.ofSeconds(10);

    /** A target is near; its client has been waiting since the relay's side was there. */
    private static final Duration TARGET_CONNECT = Duration.ofSeconds(5);

    private static final Duration TLS_HANDSHAKE = Duration.ofSeconds(10);

    private final NetClient relays;
    private final NetClient targets;
    private final HostServiceConfig service;

    Dialler(Vertx vertx, HostServiceConfig service) {
        this.service = service;
        this.relays = vertx.createNetClient(relayOptions(service));
        this.targets = vertx.createNetClient(
                new NetClientOptions().setConnectTimeout((int) TARGET_CONNECT.toMillis()).setTcpNoDelay(true));
    }

    private static NetClientOptions relayOptions(HostServiceConfig service) {
        NetClientOptions options =
                new NetClientOptions().setConnectTimeout((int) RELAY_CONNECT.toMillis()).setTcpNoDelay(true);
        service.tls().ifPresent(tls -> {
            options.setSsl(true)
                    .setHostnameVerificationAlgorithm("HTTPS")
                    // with many connections at once, hand-shakes must not hold up the bridges of an event loop
                    .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                    .setSslHandshakeTimeout(TLS_HANDSHAKE.toMillis())
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
            if (!tls.ca().isEmpty()) {
                options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.ca())));
            }
        });
        return options;
    }

    Future<NetSocket> relay(String host, int port) {
        String name = service.tls().map(HostServiceConfig.Tls::serverName).filter(given -> !given.isEmpty()).orElse(host);
        return service.tls().isPresent() ? relays.connect(port, host, name) : relays.connect(port, host);
    }

    Future<NetSocket> target() {
        Endpoint target = service.target();
        return targets.connect(target.port(), target.host());
    }

    /** Why a connection failed, in a line. */
    static String why(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null && first.getMessage() != null && first.getMessage().contains("SSL handshake")) {
            first = first.getCause();
        }
        return first.getMessage() == null ? first.getClass().getSimpleName() : first.getMessage();
    }

    /** Closes what is still open. */
    @Override
    public void close() {
        relays.close();
        targets.close();
    }
}
