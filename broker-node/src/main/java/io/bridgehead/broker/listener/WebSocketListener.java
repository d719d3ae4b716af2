package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts WebSockets for a room, on any path, within {@link ListenerLimits}. Masked frames of at most 64 KiB, messages
 * of at most 256 KiB, never compressed (Vert.x 5.0 inflates without limit: CVE-2026-102467). What is not an upgrade hears
 * what the room has for it, or 426; a page of an origin that is not allowed 403, a request whose borders are in doubt 400,
 * and all are closed. Any thread.
 */
public final class WebSocketListener extends Listener {

    public static final int MAX_FRAME_BYTES = 64 * 1024;
    public static final int MAX_MESSAGE_BYTES = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(WebSocketListener.class);

    /**
     * @param vertx built by {@link NativeTransport}
     * @param origins browser origins that may connect, exact, such as {@code https://app.example.org}; empty: any
     * @param room called on the connection's context; if it throws, the connection is closed
     */
    public WebSocketListener(Vertx vertx, ListenerKey listener, List<Endpoint> endpoints, ListenerLimits limits,
            List<String> origins, Meters meters, Handler<AcceptedWebSocket> room) {
        this(vertx, listener, endpoints, limits, origins, List.of(), PlainAnswer.NONE, meters, room);
    }

    /**
     * @param subProtocols what the room answers to {@code Sec-WebSocket-Protocol}, when it is asked for
     * @param plain what it has for requests that are not upgrades
     */
    public WebSocketListener(Vertx vertx, ListenerKey listener, List<Endpoint> endpoints, ListenerLimits limits,
            List<String> origins, List<String> subProtocols, PlainAnswer.Source plain, Meters meters,
            Handler<AcceptedWebSocket> room) {
        super(new Servers<>(vertx, listener, endpoints, limits, meters,
                new WebSockets(vertx, listener, Set.copyOf(origins), List.copyOf(subProtocols), plain, room)));
    }

    private record WebSockets(
            Vertx vertx,
            ListenerKey listener,
            Set<String> origins,
            List<String> subProtocols,
            PlainAnswer.Source plain,
            Handler<AcceptedWebSocket> room)
            implements HttpKind {

        @Override
        public HttpServerOptions options() {
            return new HttpServerOptions()
                    .setHttp2ClearTextEnabled(false)
                    .setPerFrameWebSocketCompressionSupported(false)
                    .setPerMessageWebSocketCompressionSupported(false)
                    .setAcceptUnmaskedFrames(false)
                    .setWebSocketSubProtocols(subProtocols)
                    .setMaxWebSocketFrameSize(MAX_FRAME_BYTES)
                    .setMaxWebSocketMessageSize(MAX_MESSAGE_BYTES)
                    .setMaxInitialLineLength(4096)
                    .setMaxHeaderSize(8192);
        }

        @Override
        public void requested(HttpServerRequest request) {
            Admission admission = HttpKind.admission(request);
            String origin = request.getHeader(HttpHeaders.ORIGIN);
            if (HeaderHygiene.problemIn(request).isPresent()) {
                admission.refuseWithWords(ConnectionResult.HTTP_MALFORMED);
                refuse(request, 400);
            } else if (request.method() != HttpMethod.GET
                    || !request.headers().contains(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET, true)) {
                plain(request, admission);
            } else if (origin != null && !origins.isEmpty() && !origins.contains(origin)) {
                admission.refuseWithWords(ConnectionResult.ORIGIN_REFUSED);
                refuse(request, 403);
            } else {
                request.toWebSocket().onComplete(socket -> upgraded(socket, admission), failure -> {
                    // Vert.x has answered: no key, an unknown version, a body
                    admission.refuseWithWords(ConnectionResult.NO_UPGRADE);
                    request.connection().close();
                });
            }
        }

        private void plain(HttpServerRequest request, Admission admission) {
            Optional<PlainAnswer> answer = plain.answer(new PlainAnswer.Request(
                    request.method().name(),
                    request.path(),
                    Objects.requireNonNullElse(request.getHeader(HttpHeaders.IF_NONE_MATCH), "")));
            if (answer.isEmpty()) {
                admission.refuseWithWords(ConnectionResult.NO_UPGRADE);
                refuse(request, 426);
                return;
            }
            admission.refuseWithWords(answer.get().status() < 400 ? ConnectionResult.PAGE : ConnectionResult.NO_UPGRADE);
            HttpServerResponse response = request.response()
                    .setStatusCode(answer.get().status())
                    .putHeader(HttpHeaders.CONNECTION, "close");
            answer.get().headers().forEach(response::putHeader);
            if (request.method() == HttpMethod.HEAD) {
                // of a body that is not sent it must be said
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(answer.get().body().length()));
            }
            response.end(answer.get().body()).onComplete(sent -> request.connection().close());
        }

        /** Vert.x could not read the request; its own handler answers 400, 414 or 431 and closes. */
        @Override
        public void unreadable(HttpServerRequest request) {
            HttpKind.admission(request).refuseWithWords(ConnectionResult.HTTP_MALFORMED);
            HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
        }

        private static void refuse(HttpServerRequest request, int status) {
            request.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONNECTION, status == 426 ? "upgrade, close" : "close")
                    .putHeader(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET)
                    .end()
                    .onComplete(sent -> request.connection().close());
        }

        private void upgraded(ServerWebSocket socket, Admission admission) {
            if (!admission.accept()) {
                socket.close();
                return;
            }
            try {
                room.handle(new AcceptedWebSocket(socket, admission.client().getHostAddress(), listener));
            } catch (RuntimeException e) {
                LOG.error("{}: a WebSocket could not be taken over", listener.key(), e);
                socket.close();
            }
        }
    }
}
