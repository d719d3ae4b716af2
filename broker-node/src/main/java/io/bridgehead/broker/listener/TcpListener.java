package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts TCP connections for a room, on some endpoints, on every event loop, within {@link ListenerLimits}. What gets
 * to the room has TLS, PROXY header and limits behind it; its place is given back when it closes. Any thread.
 */
public final class TcpListener extends Listener {

    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

    /**
     * @param vertx built by {@link NativeTransport}
     * @param room called on the connection's context; if it throws, the connection is closed
     */
    public TcpListener(Vertx vertx, ListenerKey listener, List<Endpoint> endpoints, ListenerLimits limits, Meters meters,
            Handler<AcceptedTcp> room) {
        super(new Servers<>(vertx, listener, endpoints, limits, meters, new Tcp(vertx, listener, room)));
    }

    private record Tcp(Vertx vertx, ListenerKey listener, Handler<AcceptedTcp> room)
            implements Servers.Kind<NetServerOptions> {

        @Override
        public NetServerOptions options() {
            return new NetServerOptions();
        }

        @Override
        public Future<Servers.Bound> listen(NetServerOptions options, SocketAddress address) {
            NetServer server = vertx.createNetServer(options);
            server.connectHandler(socket -> connected((NetSocketInternal) socket));
            // the door counts hand-shakes that fail
            server.exceptionHandler(failure -> LOG.debug("{}: {}", listener.key(), failure.getMessage()));
            return server.listen(address).map(up -> new Servers.Bound(
                    server.actualPort(), tls -> server.updateSSLOptions(tls, true), server::close));
        }

        private void connected(NetSocketInternal socket) {
            Admission admission = Admission.of(socket.channelHandlerContext().channel());
            if (!admission.accept()) {
                return;
            }
            try {
                room.handle(new AcceptedTcp(socket, admission.client().getHostAddress(), listener));
            } catch (RuntimeException e) {
                LOG.error("{}: a connection could not be taken over", listener.key(), e);
                socket.close();
            }
        }
    }
}
