package io.bridgehead.broker.admin;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.CertificateReload;
import io.bridgehead.broker.listener.ExactHeaderDecoder;
import io.bridgehead.broker.listener.ListenFailure;
import io.bridgehead.broker.listener.ListenerKey;
import io.bridgehead.broker.listener.TlsPolicy;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The operator's HTTP API: HTTP/1.1 only, TLS when there is a certificate, whose files are looked at for changes. Whether an address may be served without one
 * is the configuration's to decide. Any thread.
 */
public final class AdminServer {

    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int IDLE_SECONDS = 30;
    private static final Duration HANDSHAKE_TIME = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final List<Endpoint> listen;
    private final Optional<CertificateReload> certificate;
    private final AdminToken token;
    private final AdminCore core;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

    /**
     * @param listen where to listen, at least one
     * @param tls PEM certificate and key; empty: plain HTTP
     * @param token what every request but that for the document must bear
     * @param core the node
     * @param meters count what becomes of changed certificates
     */
    public AdminServer(Vertx vertx, List<Endpoint> listen, Optional<TlsFiles> tls, AdminToken token, AdminCore core,
            Meters meters) {
        if (listen.isEmpty()) {
            throw new IllegalArgumentException("admin.listen: empty (expected: at least one host:port)");
        }
        this.vertx = vertx;
        this.listen = List.copyOf(listen);
        this.certificate = tls.filter(TlsFiles::enabled)
                .map(files -> new CertificateReload(vertx, ListenerKey.ADMIN, files, meters));
        this.token = token;
        this.core = core;
    }

    /** Listens on every endpoint or on none; answers the actual port of the first. */
    public Future<Integer> start() {
        return AdminApi.router(vertx, token, core)
                .compose(router -> certificate.map(files -> files.load().map(Optional::of))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
                        .compose(pem -> bind(router, pem)))
                .onSuccess(listening -> certificate.ifPresent(files -> files.watch(this::use)))
                .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
    }

    /** Looks at the certificate's files now, as for SIGHUP. */
    public Future<CertificateReload.Result> reloadCertificate() {
        return certificate.map(CertificateReload::reload)
                .orElseGet(() -> Future.succeededFuture(CertificateReload.Result.UNCHANGED));
    }

    /** Stops listening and closes every connection. Harmless when it does not run. */
    public Future<Void> stop() {
        certificate.ifPresent(CertificateReload::close);
        List<HttpServer> running = List.copyOf(servers);
        servers.removeAll(running);
        return Future.join(running.stream().map(HttpServer::close).toList()).mapEmpty();
    }

    private Future<Integer> bind(Router router, Optional<PemKeyCertOptions> pem) {
        return Future.join(listen.stream().map(endpoint -> bind(endpoint, router, pem)).toList())
                .map(bound -> bound.<HttpServer>resultAt(0).actualPort());
    }

    private Future<HttpServer> bind(Endpoint endpoint, Router router, Optional<PemKeyCertOptions> pem) {
        HttpServerOptions options = options(endpoint, pem);
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(connection -> ExactHeaderDecoder.install(connection, options))
                .invalidRequestHandler(AdminApi::refuseMalformed)
                .requestHandler(router);
        servers.add(server);
        return server.listen()
                .recover(failure -> Future.failedFuture(ListenFailure.of(ListenerKey.ADMIN, endpoint, failure)));
    }

    private Future<?> use(PemKeyCertOptions pem) {
        ServerSSLOptions fresh = options(listen.getFirst(), Optional.of(pem)).getSslOptions();
        return Future.all(servers.stream().map(server -> server.updateSSLOptions(fresh.copy(), true)).toList());
    }

    private static HttpServerOptions options(Endpoint endpoint, Optional<PemKeyCertOptions> pem) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        pem.ifPresent(certificate -> TlsPolicy.apply(options, certificate, HANDSHAKE_TIME));
        return options;
    }
}
