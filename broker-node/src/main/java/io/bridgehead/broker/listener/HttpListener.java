package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/**
 * A listener for HTTP requests, several on a connection, held to limits as those of the rooms are: the head of a
 * connection's first request must be there within {@code handshakeTimeout}, however it drips in; after that the options'
 * idle time-out holds. All requests come on one event loop. Any thread; start and close one after the other.
 */
public final class HttpListener {

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

    private record Http(Vertx vertx, ListenerKey listener, Requests requests) implements HttpKind {

        @Override
        public HttpServerOptions options() {
            return requests.options();
        }

        @Override
        public boolean onOneLoop() {
            return true;
        }

        @Override
        public void requested(HttpServerRequest request) {
            // the first request of a connection decides
            HttpKind.admission(request).end(HeaderHygiene.problemIn(request).isEmpty()
                    ? ConnectionResult.ACCEPTED
                    : ConnectionResult.HTTP_MALFORMED);
            requests.requested(request);
        }

        @Override
        public void unreadable(HttpServerRequest request) {
            HttpKind.admission(request).end(ConnectionResult.HTTP_MALFORMED);
            requests.unreadable(request);
        }
    }
}
