package io.bridgehead.broker.admin;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.CertificateReload;
import io.bridgehead.broker.listener.HttpListener;
import io.bridgehead.broker.listener.ListenerKey;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The operator's HTTP API: HTTP/1.1 only, TLS when there is a certificate, whose files are looked at for changes. At most
 * 256 connections; the head of a connection's first request within 10 s, then 30 s without a byte end it. Whether an
 * address may be served without TLS is the configuration's to decide. Any thread.
 */
public final class AdminServer {

    /** Far more than operators and their tools need, and few of the descriptors that the users' connections want. */
    static final int MAX_CONNECTIONS = 256;

    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final Duration IDLE_TIME = Duration.ofSeconds(30);
    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final AdminToken token;
    private final AdminCore core;
    private final HttpListener listener;
    private volatile Router router;

    /**
     * @param vertx built by {@code NativeTransport}
     * @param listen where to listen, at least one
     * @param tls PEM certificate and key; empty: plain HTTP
     * @param token what every request but that for the document must bear
     * @param core the node
     * @param meters count connections, and what becomes of changed certificates
     */
    public AdminServer(Vertx vertx, List<Endpoint> listen, Optional<TlsFiles> tls, AdminToken token, AdminCore core,
            Meters meters) {
        this(vertx, listen, tls, token, core, meters, REQUEST_TIME);
    }

    AdminServer(Vertx vertx, List<Endpoint> listen, Optional<TlsFiles> tls, AdminToken token, AdminCore core,
            Meters meters, Duration requestTime) {
        if (listen.isEmpty()) {
            throw new IllegalArgumentException("admin.listen: empty (expected: at least one host:port)");
        }
        this.vertx = vertx;
        this.token = token;
        this.core = core;
        ListenerLimits limits = new ListenerLimits(MAX_CONNECTIONS, 0, 1, MAX_CONNECTIONS, requestTime, IDLE_TIME,
                IDLE_TIME, List.of(), tls.orElse(TlsFiles.NONE));
        this.listener = new HttpListener(vertx, ListenerKey.ADMIN, listen, limits, meters, new Requests());
    }

    /** Listens on every endpoint or on none; answers the actual port of the first. */
    public Future<Integer> start() {
        return AdminApi.router(vertx, token, core)
                .compose(made -> {
                    router = made;
                    return listener.start();
                })
                .map(List::getFirst)
                .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
    }

    /** Looks at the certificate's files now, as for SIGHUP. */
    public Future<CertificateReload.Result> reloadCertificate() {
        return listener.reloadCertificate();
    }

    /** Stops listening and closes every connection. Harmless when it does not run. */
    public Future<Void> stop() {
        return listener.close();
    }

    private final class Requests implements HttpListener.Requests {

        @Override
        public HttpServerOptions options() {
            return new HttpServerOptions()
                    .setMaxInitialLineLength(MAX_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)
                    .setIdleTimeout((int) IDLE_TIME.toSeconds())
                    .setIdleTimeoutUnit(TimeUnit.SECONDS)
                    .setCompressionSupported(false)
                    .setDecompressionSupported(false)
                    .setHttp2ClearTextEnabled(false)
                    .setUseAlpn(false)
                    .setPerFrameWebSocketCompressionSupported(false)
                    .setPerMessageWebSocketCompressionSupported(false);
        }

        @Override
        public void requested(HttpServerRequest request) {
            router.handle(request);
        }

        @Override
        public void unreadable(HttpServerRequest request) {
            AdminApi.refuseMalformed(request);
        }
    }
}
