package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in front of one listener, over all its endpoints: applies its limits before a byte is read, sets the socket
 * options Vert.x has no setting for, reads the PROXY header, and closes the listening sockets without the connections
 * that came through them. Any thread; each connection on its event loop.
 *
 * <pre>
 *  kernel -> [trusted proxy? | rate] -> [limit] -> [PROXY header -> rate] -> [turn -> TLS] -> [upgrade] -> room
 *                                     `------- deadline -------' `- the same again -'
 * </pre>
 */
final class Door {

    /** What a proxy may add to its header; the ones in use add some 100 bytes. */
    private static final int MAX_PROXY_TLV_BYTES = 1024;

    private final ListenerLimits limits;
    private final HandshakeTurns turns;
    private final ConnectionGate gate;
    private final List<AddressBlock> proxies;
    private final CounterBy<ConnectionResult> results;
    private final Set<Channel> listening = ConcurrentHashMap.newKeySet();
    private final Set<Channel> beforeTheRoom = ConcurrentHashMap.newKeySet();

    /** @param turns in which hand-shakes begin; without TLS nobody takes one */
    Door(ListenerKey listener, ListenerLimits limits, HandshakeTurns turns, Meters meters) {
        this.limits = limits;
        this.turns = turns;
        this.gate = new ConnectionGate(limits.maxConnections(), limits.connectionsPerSecond(), limits.connectionBurst());
        this.proxies = limits.proxyProtocolFrom().stream().map(AddressBlock::parse).toList();
        this.results = meters.counters(Meter.CONNECTIONS, ConnectionResult.class, listener);
        meters.gauge(Meter.CONNECTIONS_OPEN, gate::open, listener);
    }

    /** Called by the transport for each server socket, before it is bound. */
    void install(ServerBootstrap bootstrap, String transport) {
        ChannelHandler room = bootstrap.config().childHandler();
        KeepAlive keepAlive = KeepAlive.of(bootstrap, transport);
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel server) {
                listening.add(server);
                server.closeFuture().addListener(closed -> listening.remove(server));
            }
        });
        bootstrap.childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                keepAlive.begin(connection);
                arrived(connection, room);
            }
        });
    }

    /** Closes the listening sockets; what came through them goes on. */
    Future<Void> stopAccepting() {
        return Future.join(listening.stream().map(Door::close).toList()).mapEmpty();
    }

    /** Closes the connections that no room and no Vert.x server knows yet. */
    void closeArrivals() {
        beforeTheRoom.forEach(Channel::close);
    }

    int open() {
        return gate.open();
    }

    private void arrived(Channel connection, ChannelHandler room) {
        // null: it was reset before we looked
        if (!(connection.remoteAddress() instanceof InetSocketAddress peer)) {
            turnAway(connection, ConnectionResult.ABANDONED);
        } else if (proxied() && !fromProxy(peer.getAddress())) {
            turnAway(connection, ConnectionResult.PROXY_REFUSED);
        } else if (!proxied() && !gate.withinRate(peer.getAddress())) {
            turnAway(connection, ConnectionResult.RATE_LIMITED);
        } else if (!gate.enter()) {
            turnAway(connection, ConnectionResult.OVER_LIMIT);
        } else {
            connection.closeFuture().addListener(closed -> gate.leave());
            admit(connection, peer.getAddress(), room);
        }
    }

    private void admit(Channel connection, InetAddress peer, ChannelHandler room) {
        Admission admission = Admission.begin(connection, peer, results, limits.handshakeTimeout());
        beforeTheRoom.add(connection);
        connection.closeFuture().addListener(closed -> beforeTheRoom.remove(connection));
        if (!proxied()) {
            letThrough(connection, admission, room);
            return;
        }
        connection.pipeline().addLast(
                new HAProxyMessageDecoder(MAX_PROXY_TLV_BYTES, true),
                new ProxyHeader(admission, () -> {
                    if (gate.withinRate(admission.client())) {
                        letThrough(connection, admission, room);
                    } else {
                        admission.refuse(ConnectionResult.RATE_LIMITED);
                    }
                }));
    }

    private void letThrough(Channel connection, Admission admission, ChannelHandler room) {
        if (limits.tls().enabled()) {
            connection.pipeline().addLast(
                    new HandshakeTurn(turns, admission, () -> toTheRoom(connection, admission, room)));
        } else {
            toTheRoom(connection, admission, room);
        }
    }

    private void toTheRoom(Channel connection, Admission admission, ChannelHandler room) {
        beforeTheRoom.remove(connection);
        connection.pipeline().addLast(room);
        SslHandler tls = connection.pipeline().get(SslHandler.class);
        if (tls != null) {
            admission.watch(tls);
        }
    }

    private void turnAway(Channel connection, ConnectionResult result) {
        results.increment(result);
        connection.close();
    }

    private boolean proxied() {
        return !proxies.isEmpty();
    }

    private boolean fromProxy(InetAddress peer) {
        return proxies.stream().anyMatch(block -> block.contains(peer));
    }

    private static Future<Void> close(Channel server) {
        Promise<Void> done = Promise.promise();
        server.close().addListener(closed -> done.complete());
        return done.future();
    }
}
