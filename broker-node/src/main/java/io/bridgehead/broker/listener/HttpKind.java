package io.bridgehead.broker.listener;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers of a listener for HTTP, whatever it makes of requests. */
interface HttpKind extends Servers.Kind<HttpServerOptions> {

    Logger LOG = LoggerFactory.getLogger(HttpKind.class);

    Vertx vertx();

    ListenerKey listener();

    void requested(HttpServerRequest request);

    /** Vert.x could not read the request. To be answered and closed. */
    void unreadable(HttpServerRequest request);

    @Override
    default Future<Servers.Bound> listen(HttpServerOptions options, SocketAddress address) {
        HttpServer server = vertx().createHttpServer(options);
        server.connectionHandler(connection -> ExactHeaderDecoder.install(connection, options));
        server.requestHandler(this::requested);
        server.invalidRequestHandler(this::unreadable);
        server.exceptionHandler(failure -> LOG.debug("{}: {}", listener().key(), failure.getMessage()));
        return server.listen(address).map(up -> new Servers.Bound(
                server.actualPort(), tls -> server.updateSSLOptions(tls, true), server::close));
    }

    /** The connection's, which its first request settles. */
    static Admission admission(HttpServerRequest request) {
        return Admission.of(((ConnectionBase) request.connection()).channelHandlerContext().channel());
    }
}
