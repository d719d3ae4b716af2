package io.bridgehead.broker.listener;

import io.vertx.core.Future;
import java.util.List;

/** The doors of one kind into a room, from start to end: the same for TCP and WebSocket. Any thread. */
public abstract sealed class Listener permits TcpListener, WebSocketListener {

    private final Servers<?> servers;

    Listener(Servers<?> servers) {
        this.servers = servers;
    }

    /** Listens; the actual port of each endpoint, in order. All or nothing: fails with a {@link ListenFailure}. */
    public final Future<List<Integer>> start() {
        return servers.start();
    }

    /** Closes the listening sockets only: connections go on. */
    public final Future<Void> stopAccepting() {
        return servers.stopAccepting();
    }

    /** Takes {@link #stopAccepting} back, on the same ports. */
    public final Future<List<Integer>> acceptAgain() {
        return servers.acceptAgain();
    }

    /** Looks at the certificate's files now, as for SIGHUP. */
    public final Future<CertificateReload.Result> reloadCertificate() {
        return servers.reloadCertificate();
    }

    /** Closes listening sockets and connections. */
    public final Future<Void> close() {
        return servers.close();
    }

    /** Connections that are open, those in their hand-shake or before their upgrade among them. */
    public final int open() {
        return servers.open();
    }
}
