package io.bridgehead.broker.estim;

import io.bridgehead.broker.config.BridgeConfig;
import io.bridgehead.broker.config.EstimConfig;
import io.bridgehead.broker.listener.Doors;
import io.bridgehead.broker.listener.ListenerKey;
import io.bridgehead.broker.listener.Room;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.listener.TcpListener;
import io.bridgehead.broker.listener.WebSocketListener;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/** The line protocol's room: its doors on TCP and WebSocket, and the way from a door to a session. Any thread. */
public final class EstimListener implements Doors {

    private final TcpListener tcp;
    private final WebSocketListener webSocket;

    public EstimListener(
            Vertx vertx, EstimConfig config, BridgeConfig bridge, String homeDomain, SessionHost host, Meters meters) {
        EstimLine grammar = new EstimLine(homeDomain);
        Room<EstimState, EstimCommand, EstimReply> room = new Room<>(
                new EstimSession(config),
                () -> new EstimDecoder(grammar, config.maxLineBytes()),
                new EstimEncoder(config.bannerName(), config.bannerVersion()));
        this.tcp = new TcpListener(
                vertx, ListenerKey.ESTIM, config.listen(), config.listener(), meters,
                accepted -> host.serve(accepted, room, "line-tcp", config.listener(), bridge));
        this.webSocket = new WebSocketListener(
                vertx, ListenerKey.ESTIM_WEBSOCKET, config.websocket(), config.listener(), config.websocketOrigins(),
                meters, accepted -> host.serve(accepted, room, "line-websocket", config.listener(), bridge));
    }

    /** Listens on TCP and WebSocket; the actual ports of both, TCP's first. Fails with a {@code ListenFailure}. */
    public Future<Ports> start() {
        return tcp.start().compose(
                tcpPorts -> webSocket.start().map(webSocketPorts -> new Ports(tcpPorts, webSocketPorts)));
    }

    /** The actual ports, in the order of the configured endpoints. */
    public record Ports(List<Integer> tcp, List<Integer> webSocket) {}

    @Override
    public Future<Void> stopAccepting() {
        return Future.join(tcp.stopAccepting(), webSocket.stopAccepting()).mapEmpty();
    }

    @Override
    public Future<Void> acceptAgain() {
        return tcp.acceptAgain()
                .compose(opened -> webSocket.acceptAgain().recover(failure ->
                        tcp.stopAccepting().transform(closed -> Future.failedFuture(failure))))
                .mapEmpty();
    }

    @Override
    public int open() {
        return tcp.open() + webSocket.open();
    }

    /** Looks at the certificates' files now. */
    public Future<Void> reloadCertificates() {
        return Future.join(tcp.reloadCertificate(), webSocket.reloadCertificate()).mapEmpty();
    }

    /** Closes everything. */
    public Future<Void> close() {
        return Future.join(tcp.close(), webSocket.close()).mapEmpty();
    }
}
