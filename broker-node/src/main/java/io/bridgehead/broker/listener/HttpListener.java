package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener for HTTP requests, several on a connection, held to limits as those of the rooms are: the head of a
 * connection's first request must be there within {@code handshakeTimeout}, however it drips in; after that the options'
 * idle time-out holds. All requests come on one event loop. Any thread; start and close one after the other.
 */
public final class HttpListener {

    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    private final Servers<HttpServerOptions> servers;

    /** What is served. */
    public interface Requests {

        /** Fresh ones at each call. */
        HttpServerOptions options();

        void requested(HttpServerRequest request);

        /** Vert.x could not read the request. To be answered and closed. */
        void unreadable(HttpServerRequest request);
    }

    /** @param vertx built by {@link NativeTransport} */
    public HttpListener(Vertx vertx, ListenerKey listener, List<Endpoint> endpoints, ListenerLimits limits,
            Meters meters, Requests requests) {
        this.servers = new Servers<>(vertx, listener, endpoints, limits, meters, new Http(vertx, listener, requests));
    }

    /** Listens; the actual port of each endpoint, in order. All or nothing; fails with a {@link ListenFailure}. */
    public Future<List<Integer>> start() {
        return servers.start();
    }

    /** Looks at the certificate's files now, as for SIGHUP. */
    public Future<CertificateReload.Result> reloadCertificate() {
        return servers.reloadCertificate();
    }

    /** Stops listening and closes every connection. Harmless when it does not run. */
    public Future<Void> close() {
        return servers.close();
    }

    private record Http(Vertx vertx, ListenerKey listener, Requests requests)
            implements Servers.Kind<HttpServerOptions> {

        @Override
        public HttpServerOptions options() {
            return requests.options();
        }

        @Override
        public boolean onOneLoop() {
            return true;
        }

        @Override
        public Future<Servers.Bound> listen(HttpServerOptions options, SocketAddress address) {
            HttpServer server = vertx.createHttpServer(options);
            server.connectionHandler(connection -> ExactHeaderDecoder.install(connection, options));
            server.requestHandler(this::requested);
            server.invalidRequestHandler(this::unreadable);
            server.exceptionHandler(failure -> LOG.debug("{}: {}", listener.key(), failure.getMessage()));
            return server.listen(address).map(up -> new Servers.Bound(
                    server.actualPort(), tls -> server.updateSSLOptions(tls, true), server::close));
        }

        private void requested(HttpServerRequest request) {
            settle(request, HeaderHygiene.problemIn(request).isEmpty()
                    ? ConnectionResult.ACCEPTED
                    : ConnectionResult.HTTP_MALFORMED);
            requests.requested(request);
        }

        private void unreadable(HttpServerRequest request) {
            settle(request, ConnectionResult.HTTP_MALFORMED);
            requests.unreadable(request);
        }

        /** The first request of a connection decides. */
        private static void settle(HttpServerRequest request, ConnectionResult result) {
            Admission.of(((ConnectionBase) request.connection()).channelHandlerContext().channel()).end(result);
        }
    }
}
