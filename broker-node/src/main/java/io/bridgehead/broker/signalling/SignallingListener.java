package io.bridgehead.broker.signalling;

import io.bridgehead.broker.account.AddressAttempts;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.Secret;
import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.listener.AcceptedWebSocket;
import io.bridgehead.broker.listener.Doors;
import io.bridgehead.broker.listener.ListenerKey;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.listener.WebSocketListener;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.session.CloseReason;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signalling room: its door, and the way from the door to a session and between sessions. Any thread. */
public final class SignallingListener implements Doors {

    private static final Logger LOG = LoggerFactory.getLogger(SignallingListener.class);

    /** What is audited is told together, once in this time. */
    private static final Duration AUDIT_EVERY = Duration.ofMinutes(1);

    private final WebSocketListener webSocket;
    private final SignallingPost post;
    private final Meetings meetings;
    private final SignallingRoom room;
    private final Schemas schemas;
    private final Vertx vertx;
    private final RefusalAudit audit = new RefusalAudit();
    private OptionalLong auditTimer = OptionalLong.empty();

    /**
     * @param self this node
     * @param homeDomain domain of a bare account name
     * @param bus the way to the other nodes
     * @param registry the cluster's
     * @param guesses the cluster's count of what was wrong
     */
    public SignallingListener(
            Vertx vertx,
            SignallingConfig config,
            NodeId self,
            String homeDomain,
            SessionHost host,
            NodeBus bus,
            ServerRegistry registry,
            AddressAttempts guesses,
            Meters meters,
            SecureRandom random) {
        this.vertx = vertx;
        this.schemas = new Schemas(config.schemas(), vertx.fileSystem());
        this.post = new SignallingPost(self, bus);
        this.meetings = new Meetings(config, host, post, registry, meters);
        SignallingMeters counted = new SignallingMeters(meters);
        SignallingEntrance entrance = new SignallingEntrance(
                config,
                homeDomain,
                host.switchboard(),
                meetings,
                new Tokens(random, TokenWords.read(), config.tokenWords()),
                new Guesses(config.limits().guessesPerAddress(), System::nanoTime, guesses, audit),
                Optional.of(config.joinSecret())
                        .filter(Secret::isSet)
                        .map(key -> new JoinTokens(key.text(), registry, host.clock())),
                new IceServers(config.ice(), host.clock()),
                counted);
        this.room = new SignallingRoom(
                config, host, post, registry, meetings, entrance, new SignallingSession(config.limits()), schemas,
                counted);
        this.webSocket = new WebSocketListener(
                vertx, ListenerKey.SIGNALLING, config.listen(), config.listener(), config.origins(),
                List.of(EntryRequest.EXTENDED), new DemoPage(config.demo()), meters, this::accepted);
    }

    private void accepted(AcceptedWebSocket accepted) {
        ServerWebSocket upgraded = accepted.socket();
        EntryRequest request = EntryRequest.of(
                upgraded.path(),
                upgraded.query(),
                String.join(",", upgraded.headers().getAll("Sec-WebSocket-Protocol")),
                upgraded.headers().get("Authorization"));
        PeerSocket socket = PeerSocket.take(upgraded, room.config().limits().maxQueuedBytes());
        // where its meeting is every word is a call, not a message to another thread
        EventLoop home = request.server().flatMap(token -> meetings.loopOf(Tokens.hash(token))).orElse(socket.loop());
        socket.moveTo(home, () -> new SignallingDriver(room, socket, request, accepted.address()).start());
    }

    /** Listens; the actual ports. Fails with a {@code ListenFailure}, or when a schema is bad. */
    public Future<List<Integer>> start() {
        return readSchemas().compose(read -> webSocket.start()).onSuccess(listening ->
                auditTimer = OptionalLong.of(vertx.setPeriodic(AUDIT_EVERY.toMillis(), timer -> audit.flush())));
    }

    private Future<Void> readSchemas() {
        return vertx.executeBlocking(() -> {
            schemas.load();
            return null;
        });
    }

    /** What another node says. On the event loop that the message was addressed to. */
    public NodeBus.Answer received(NodeMessage.Signalling message) {
        return post.received(message);
    }

    /** A node has left: what it kept goes on elsewhere. */
    public void nodeGone(NodeId node) {
        post.nodeGone(node);
    }

    /** Others may have gone on without this node: its rows are written anew, its peers ask for their meetings. */
    public void lookAgain() {
        post.lookAgain();
    }

    @Override
    public Future<Void> stopAccepting() {
        return webSocket.stopAccepting();
    }

    @Override
    public Future<Void> acceptAgain() {
        return webSocket.acceptAgain().mapEmpty();
    }

    @Override
    public int open() {
        return webSocket.open();
    }

    /** Sends this node's peers away, to come back on others, and gives its meetings to those. While it is a member. */
    public void handOver() {
        meetings.leave();
        room.host().sessions().all().stream()
                .filter(session -> session instanceof SignallingDriver)
                .forEach(session -> session.evict(CloseReason.SHUTDOWN));
        meetings.moveAll();
    }

    /** Looks at the certificate's files and the schemas now; what is bad changes nothing. */
    public Future<Void> reload() {
        Future<Void> read = readSchemas()
                .onSuccess(done -> LOG.info("signalling.schemas: {} in use", schemas.count()))
                .onFailure(bad -> LOG.warn("{}: the schemas of before stay", bad.getMessage()));
        return Future.join(read, webSocket.reloadCertificate()).mapEmpty();
    }

    /** Closes everything. */
    public Future<Void> close() {
        auditTimer.ifPresent(vertx::cancelTimer);
        return webSocket.close().onComplete(closed -> audit.flush());
    }
}
