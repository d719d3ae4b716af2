package io.bridgehead.broker.admin;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.ListenFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The operator's HTTP API: HTTP/1.1 only, TLS when there is a certificate. Whether an address may be served without one
 * is the configuration's to decide. Any thread.
 */
public final class AdminServer {

    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int IDLE_SECONDS = 30;

    private final Vertx vertx;
    private final List<Endpoint> listen;
    private final Optional<TlsFiles> tls;
    private final AdminToken token;
    private final AdminCore core;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

    /**
     * @param listen where to listen, at least one
     * @param tls PEM certificate and key; empty: plain HTTP
     * @param token what every request but that for the document must bear
     * @param core the node
     */
    public AdminServer(
            Vertx vertx, List<Endpoint> listen, Optional<TlsFiles> tls, AdminToken token, AdminCore core) {
        if (listen.isEmpty()) {
            throw new IllegalArgumentException("admin.listen: empty (expected: at least one host:port)");
        }
        this.vertx = vertx;
        this.listen = List.copyOf(listen);
        this.tls = tls.filter(TlsFiles::enabled);
        this.token = token;
        this.core = core;
    }

    /** Listens on every endpoint or on none; answers the actual port of the first. */
    public Future<Integer> start() {
        return AdminApi.router(vertx, token, core)
                .compose(router -> Future.join(listen.stream().map(endpoint -> bind(endpoint, router)).toList()))
                .map(bound -> bound.<HttpServer>resultAt(0).actualPort())
                .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
    }

    /** Stops listening and closes every connection. Harmless when it does not run. */
    public Future<Void> stop() {
        List<HttpServer> running = List.copyOf(servers);
        servers.removeAll(running);
        return Future.join(running.stream().map(HttpServer::close).toList()).mapEmpty();
    }

    private static ListenFailure refused(Endpoint endpoint, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        String why = message.contains("in use") ? "is in use (expected: a free port)" : "failed: " + message;
        return new ListenFailure("admin.listen: " + endpoint + " " + why);
    }

    private Future<HttpServer> bind(Endpoint endpoint, Router router) {
        HttpServerOptions options = options(endpoint);
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(connection -> ExactHeaderDecoder.install(connection, options))
                .invalidRequestHandler(AdminApi::refuseMalformed)
                .requestHandler(router);
        servers.add(server);
        return server.listen().recover(failure -> Future.failedFuture(refused(endpoint, failure)));
    }

    private HttpServerOptions options(Endpoint endpoint) {
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
        tls.ifPresent(files -> options.setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(IDLE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(files.cert().toString())
                        .setKeyPath(files.key().toString())));
        return options;
    }
}
