package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.Meters;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ServerID;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * The Vert.x servers behind one listener: one for each endpoint and event loop, so that connections spread over the
 * loops (or are all on one), all behind one {@link Door} and with one certificate. The same for TCP and HTTP. Any thread; start, stop and
 * close one after the other.
 *
 * @param <O> the options of the kind of server
 */
final class Servers<O extends NetServerOptions> {

    private final VertxInternal vertx;
    private final GuardedTransport transport;
    private final ListenerKey listener;
    private final List<Endpoint> endpoints;
    private final ListenerLimits limits;
    private final Kind<O> kind;
    private final Door door;
    private final String doorName;
    private final List<ContextInternal> loops;
    private final CertificateReload certificate;
    private final List<Bound> bound = new CopyOnWriteArrayList<>();
    private volatile List<Integer> ports = List.of();

    /** Makes servers of one kind. */
    interface Kind<O extends NetServerOptions> {

        O options();

        /** Called on the event loop that is to serve. */
        Future<Bound> listen(O options, SocketAddress address);

        /** Whether one event loop is to serve all connections: for few, of whom little is asked. */
        default boolean onOneLoop() {
            return false;
        }
    }

    /** A server that listens. */
    record Bound(int port, Function<ServerSSLOptions, Future<Boolean>> updateTls, Supplier<Future<Void>> close) {}

    Servers(Vertx vertx, ListenerKey listener, List<Endpoint> endpoints, ListenerLimits limits, Meters meters,
            Kind<O> kind) {
        this.vertx = (VertxInternal) vertx;
        this.transport = GuardedTransport.of(vertx);
        this.listener = listener;
        this.endpoints = List.copyOf(endpoints);
        this.limits = limits;
        this.kind = kind;
        this.door = new Door(listener, limits, transport.handshakes().turns(), meters);
        this.doorName = transport.remember(door);
        this.loops = StreamSupport.stream(this.vertx.nettyEventLoopGroup().spliterator(), false)
                .limit(kind.onOneLoop() ? 1 : Long.MAX_VALUE)
                .map(loop -> this.vertx.contextBuilder()
                        .withThreadingModel(ThreadingModel.EVENT_LOOP)
                        .withEventLoop((EventLoop) loop)
                        .build())
                .toList();
        this.certificate = limits.tls().enabled() ? new CertificateReload(vertx, listener, limits.tls(), meters) : null;
    }

    /** Listens; the answer has a port for each endpoint, in order. All or nothing; fails with {@link ListenFailure}. */
    Future<List<Integer>> start() {
        if (certificate == null) {
            return listen(null);
        }
        return certificate.load().compose(this::listen).onSuccess(done -> certificate.watch(this::use));
    }

    /** Closes the listening sockets; connections go on. */
    Future<Void> stopAccepting() {
        return door.stopAccepting();
    }

    /** Listens again on the same ports after {@link #stopAccepting}. */
    Future<List<Integer>> acceptAgain() {
        return listen(certificate == null ? null : certificate.current());
    }

    /** Closes sockets and connections. */
    Future<Void> close() {
        if (certificate != null) {
            certificate.close();
        }
        transport.forget(doorName);
        door.closeArrivals();
        return close(bound).onComplete(closed -> bound.clear());
    }

    Future<CertificateReload.Result> reloadCertificate() {
        return certificate == null ? Future.succeededFuture(CertificateReload.Result.UNCHANGED) : certificate.reload();
    }

    int open() {
        return door.open();
    }

    private Future<List<Integer>> listen(KeyCertOptions cert) {
        List<Integer> actual = new ArrayList<>();
        List<Bound> fresh = new CopyOnWriteArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            int port = ports.isEmpty() ? endpoint.port() : ports.get(i);
            all = all.compose(done -> listen(endpoint, port, cert, fresh)).map(got -> {
                actual.add(got);
                return null;
            });
        }
        return all.transform(done -> {
            if (done.failed()) {
                // only what was opened just now: the servers of before may have connections
                return close(fresh).transform(closed -> Future.failedFuture(done.cause()));
            }
            bound.addAll(fresh);
            ports = List.copyOf(actual);
            return Future.succeededFuture(ports);
        });
    }

    /** The first loop's server opens the socket, the others share it. */
    private Future<Integer> listen(Endpoint endpoint, int port, KeyCertOptions cert, List<Bound> fresh) {
        String where = listener.key() + ": " + endpoint;
        // Vert.x would let two listeners share a socket, each getting the other's clients
        if (port > 0 && vertx.sharedTcpServers().containsKey(new ServerID(port, endpoint.host()))) {
            return Future.failedFuture(new ListenFailure(where + " is in use by this process (expected: a free port)"));
        }
        SocketAddress address = port == 0
                ? SocketAddress.sharedRandomPort(transport.nextId(), endpoint.host())
                : SocketAddress.inetSocketAddress(port, endpoint.host());
        return listenOn(loops.getFirst(), address, cert, fresh)
                .compose(first -> Future.join(loops.stream()
                                .skip(1)
                                .map(loop -> listenOn(loop, address, cert, fresh))
                                .toList())
                        .map(first.port()))
                .recover(failure -> Future.failedFuture(ListenFailure.of(listener, endpoint, failure)));
    }

    private Future<Bound> listenOn(
            ContextInternal loop, SocketAddress address, KeyCertOptions cert, List<Bound> fresh) {
        Promise<Bound> promise = Promise.promise();
        // composed: what throws fails the listener, and nobody waits for ever
        loop.runOnContext(now -> Future.succeededFuture()
                .compose(begin -> kind.listen(options(cert), address))
                .onSuccess(fresh::add)
                .onComplete(promise));
        return promise.future();
    }

    private O options(KeyCertOptions cert) {
        O options = kind.options();
        options.setHost(doorName)
                .setAcceptBacklog(limits.backlog())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setTcpUserTimeout(Math.toIntExact(limits.tcpUserTimeout().toMillis()));
        if (cert != null) {
            TlsPolicy.apply(options, transport.handshakes().engine(), cert, limits.handshakeTimeout());
        }
        return options;
    }

    private Future<?> use(PemKeyCertOptions cert) {
        ServerSSLOptions tls = options(cert).getSslOptions();
        return Future.all(bound.stream().map(server -> server.updateTls().apply(tls.copy())).toList());
    }

    private static Future<Void> close(List<Bound> servers) {
        return Future.join(servers.stream().map(server -> server.close().get()).toList()).mapEmpty();
    }
}
