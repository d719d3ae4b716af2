package io.bridgehead.broker.relay;

import io.bridgehead.broker.bridge.Bridge;
import io.bridgehead.broker.bridge.BridgeEnd;
import io.bridgehead.broker.listener.AcceptedTcp;
import io.bridgehead.broker.listener.SessionInput;
import io.bridgehead.broker.listener.SessionInput.Hold;
import io.bridgehead.broker.listener.SessionThread;
import io.bridgehead.broker.listener.SessionTimers;
import io.bridgehead.broker.listener.Transport;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one connection of the relay room, of whichever kind: turns bytes into events, gives them to the pure session one
 * at a time, and carries out the effects in order. Everything happens on the connection's event loop; other threads post.
 */
final class RelayDriver<S extends RelayState>
        implements LocalSession, BridgeEnd, SessionInput.Reader<RelayCommand>, Transport.Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(RelayDriver.class);

    private final RelayRoom room;
    private final RelayKind kind;
    private final RelaySession<S> session;
    private final RelayDoor door;
    private final Transport transport;
    private final SessionThread thread;
    private final SessionTimers<RelayTimer> timers;
    private final RelayDecoder decoder;
    private final SessionInput<RelayCommand> input;
    private final SessionAddress self;
    private final String remoteAddress;
    private final ClientName name;
    private final Instant connectedAt;
    private final HostTrial trial;
    private final PipePatience patience = new PipePatience();

    private volatile S state;
    private volatile Party partner;
    /** What it serves or wants; empty: nothing yet. */
    private volatile String service;

    /** The connection's on the wire; 0: it has none. */
    private int number;
    private Bridge bridge;
    /** The service's, while there is a bridge. */
    private RateLimit rate;
    /** The peer is gone, and what it sent before waits for a slower partner. */
    private boolean goneBehindInput;
    private boolean inputEnded;
    /** The partner's stream has begun and not ended by itself: an end now would claim that the peer has all of it. */
    private boolean partnerUnfinished;
    private boolean closing;
    /** The client has had its host. */
    private boolean served;
    /** Counted among its service's clients. */
    private boolean entered;
    private boolean processing;
    private ArrayDeque<RelayEvent> events;

    RelayDriver(
            RelayRoom room, RelayKind kind, RelaySession<S> session, S first, RelayDoor door, AcceptedTcp accepted) {
        this.room = room;
        this.kind = kind;
        this.session = session;
        this.door = door;
        this.transport = room.host().transport(accepted, room.limits(), room.bridge());
        this.thread = new SessionThread(transport);
        this.timers = new SessionTimers<>(RelayTimer.class, thread, this::timedOut);
        this.decoder =
                kind == RelayKind.CLIENT ? RelayDecoder.ofClient() : new RelayDecoder(RelayDecoder.MAX_MESSAGE_BYTES);
        this.input = new SessionInput<>(transport, thread, decoder, this);
        this.self = room.host().newAddress(transport.eventLoop());
        this.remoteAddress = accepted.address();
        this.name = new ClientName(
                accepted.address(),
                port(accepted.socket().remoteAddress()),
                door.localAddress(),
                port(accepted.socket().localAddress()));
        this.connectedAt = room.host().clock().instant();
        this.trial = new HostTrial(room.desk());
        this.service = door.service();
        this.state = first;
    }

    /** Takes the connection over. On its event loop. */
    void start() {
        room.host().sessions().connected(this);
        if (state.awaits()) {
            input.hold(Hold.AWAITING);
        }
        transport.start(this);
        fire(new RelayEvent.Opened());
    }

    // ---- what others may ask, from any thread

    @Override
    public SessionId id() {
        return self.session();
    }

    SessionAddress address() {
        return self;
    }

    String remoteAddress() {
        return remoteAddress;
    }

    RelayDoor door() {
        return door;
    }

    private static int port(SocketAddress socket) {
        return Math.max(0, socket.port());
    }

    /** The client as its host's node sees it. */
    Party party() {
        return new Party(self, new AccountId("client", HostSession.DOMAIN), name.toString());
    }

    /** It is a host's, of this service. */
    void serves(String name) {
        service = name;
    }

    /** What it serves or wants; empty: nothing yet. */
    String service() {
        return service;
    }

    /** What may open a bridge to another node first brings the connection to where that bridge is short. */
    @Override
    public void tell(Signal signal) {
        switch (signal) {
            case Signal.Rung(CallId call, Party caller) -> execute(() -> beside(caller.address(), signal));
            case Signal.Accepted(CallId call, Party callee) -> execute(() -> beside(callee.address(), signal));
            default -> execute(() -> fire(new RelayEvent.Signalled(signal)));
        }
    }

    private void beside(SessionAddress other, Signal signal) {
        Optional<EventLoop> seat = state.awaits() && !processing
                ? room.host().switchboard().seat(self.session(), other)
                : Optional.empty();
        if (seat.isPresent() && seat.get() != thread.eventLoop()) {
            thread.moveTo(seat.get(), () -> fire(new RelayEvent.Signalled(signal)));
        } else {
            fire(new RelayEvent.Signalled(signal));
        }
    }

    void announce(RelayReply reply) {
        execute(() -> fire(new RelayEvent.Announced(reply)));
    }

    void end(RelayClose reason) {
        execute(() -> fire(new RelayEvent.Evicted(reason)));
    }

    @Override
    public void evict(CloseReason reason) {
        end(RelayClose.of(reason));
    }

    @Override
    public boolean movable() {
        return state.movable();
    }

    @Override
    public void askToMove() {
        execute(() -> {
            // a client may have come since somebody looked
            if (movable()) {
                fire(new RelayEvent.Evicted(RelayClose.SHUTDOWN));
            }
        });
    }

    /** Nobody here has an account's name. */
    @Override
    public void renamed(String displayName) {
        // nothing here bears it
    }

    /** The bridge to it ends by itself, and the desk knows which hosts are gone. */
    @Override
    public void nodeGone(NodeId node) {
        // nothing else of it is here
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(
                self,
                kind.protocol(),
                remoteAddress,
                connectedAt,
                Optional.empty(),
                state.word(),
                Optional.ofNullable(partner).map(Party::displayName));
    }

    @Override
    public boolean inContext() {
        return thread.isCurrent();
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    // ---- the peer's bytes

    @Override
    public void received(ByteBuf bytes) {
        patience.moved();
        trial.heard();
        input.received(bytes);
    }

    @Override
    public void messageEnded() {
        // TCP has none
    }

    @Override
    public void inputTaken() {
        // what the peer could not send yet may wait in the kernel: its time begins now
        patience.moved();
        if (goneBehindInput) {
            gone();
        } else if (!closing) {
            transport.resume();
            tellDrained();
        }
    }

    @Override
    public void command(RelayCommand command) {
        fire(new RelayEvent.Said(command));
    }

    @Override
    public void malformed(String problem, boolean fatal) {
        LOG.atDebug()
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", kind.protocol())
                .log("malformed: {}", problem);
        fire(new RelayEvent.Malformed(problem));
    }

    @Override
    public void pass(ByteBuf bytes) {
        if (bridge == null) {
            bytes.release();
        } else {
            int length = bytes.readableBytes();
            bridge.send(bytes);
            pay(length);
        }
    }

    private void pay(int bytes) {
        long nanos = rate.take(bytes);
        if (nanos > 0 && !closing) {
            input.hold(Hold.RATE);
            timers.start(RelayTimer.RATE, Duration.ofNanos(nanos + 999_999));
        }
    }

    private Optional<ServiceGuard> guard() {
        return room.entrance().guard(service);
    }

    @Override
    public boolean wantsMore() {
        return input.flows();
    }

    @Override
    public void inputEnded() {
        inputEnded = true;
        fire(new RelayEvent.InputClosed());
    }

    private void tellDrained() {
        if (inputEnded && !processing && bridge != null && !input.isPending() && !closing) {
            inputEnded = false;
            trial.ended();
            fire(new RelayEvent.InputDrained());
        }
    }

    @Override
    public void drained() {
        patience.moved();
        if (bridge != null) {
            bridge.drained();
        }
    }

    @Override
    public void closed(CloseReason reason) {
        if (!closing && bridge != null && input.isWaiting()) {
            // the partner is slower than the peer was: what it sent before it went still counts
            goneBehindInput = true;
            bridge.drained();
        } else {
            gone();
        }
    }

    private void gone() {
        goneBehindInput = false;
        trial.ended();
        decoder.endOfStream(this);
        fire(new RelayEvent.Disconnected());
        if (!closing) {
            closing(RelayClose.PEER_GONE);
        }
        disconnected();
    }

    private void disconnected() {
        if (number != 0) {
            room.entrance().over(number);
            number = 0;
        }
        room.host().sessions().disconnected(this);
        room.host().switchboard().forget(self.session());
    }

    // ---- the bridge

    @Override
    public EventLoop eventLoop() {
        return thread.eventLoop();
    }

    @Override
    public void moveTo(EventLoop target, Runnable moved) {
        thread.moveTo(target, moved);
    }

    @Override
    public void deliver(ByteBuf bytes) {
        if (closing) {
            bytes.release();
        } else {
            patience.moved();
            transport.writeBytes(bytes);
        }
    }

    @Override
    public boolean congested() {
        // one that is gone never drains: what is for it is dropped, so that its partner goes on
        return !closing && !goneBehindInput && transport.congested();
    }

    @Override
    public void hold() {
        input.hold(Hold.BRIDGE);
    }

    @Override
    public void release() {
        input.release(Hold.BRIDGE);
    }

    @Override
    public void finished() {
        fire(new RelayEvent.PartnerFinished());
    }

    @Override
    public void ended(CallId call) {
        fire(new RelayEvent.Signalled(new Signal.Ended(call)));
    }

    // ---- events and effects

    /** Gives the event to the session when the ones before it are done with. */
    void fire(RelayEvent event) {
        if (processing) {
            if (events == null) {
                events = new ArrayDeque<>(2);
            }
            events.add(event);
            return;
        }
        processing = true;
        try {
            process(event);
            while (events != null && !events.isEmpty()) {
                process(events.poll());
            }
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("session", self.session()).log("session failed");
            unsplice();
            room.desk().forget(self.session(), door.service());
            close(RelayClose.INTERNAL_ERROR);
        } finally {
            processing = false;
            events = null;
        }
        if (state.awaits()) {
            input.hold(Hold.AWAITING);
        } else {
            input.release(Hold.AWAITING);
        }
        tellDrained();
    }

    private void process(RelayEvent event) {
        RelaySession.Step<S> step = session.on(state, event);
        state = step.state();
        for (RelayEffect effect : step.effects()) {
            carryOut(effect);
        }
    }

    private void carryOut(RelayEffect effect) {
        switch (effect) {
            case RelayEffect.Write(RelayReply reply) -> write(reply);
            case RelayEffect.Decide(RelayCommand.Hello hello) -> {
                RelayEvent decided = room.entrance().decide(hello, kind, this);
                if (decided instanceof RelayEvent.Admitted(RelayEvent.Admission admission, SessionAddress own)) {
                    number = admission.number();
                }
                fire(decided);
            }
            case RelayEffect.Ask a -> ask();
            case RelayEffect.Offer(HostKey key) -> room.desk().offer(this, key);
            case RelayEffect.Listen(HostKey key) -> {
                serves(key.service());
                room.desk().listen(this, key);
            }
            case RelayEffect.Queue(Party own) -> room.desk().queue(this, own, door.service());
            case RelayEffect.Served s -> {
                served = true;
                room.meters().client(door.service(), RelayMeters.Result.SERVED);
                room.desk().served(this, door.service());
            }
            case RelayEffect.Forget f -> room.desk().forget(self.session(), door.service());
            case RelayEffect.Announce(HostKey key, RelayReply reply) -> room.desk().announce(key, reply);
            case RelayEffect.Tell(SessionAddress to, Signal signal) -> room.host().switchboard().tell(to, signal);
            case RelayEffect.Splice(CallId call, Party own, Party other, boolean caller) -> {
                partner = other;
                announce(other);
                if (state instanceof HostState.Assigned(HostState.Guest guest, var c, var h, var d) && !input.isWaiting()) {
                    trial.begin(guest.key());
                }
                partnerUnfinished = true;
                transport.bridged(true);
                decoder.bridged(true);
                bridge = room.host().switchboard().splice(call, own, other, caller, this);
            }
            case RelayEffect.Unsplice u -> unsplice();
            case RelayEffect.FinishPartner f -> {
                if (bridge != null) {
                    bridge.finish();
                }
            }
            case RelayEffect.FinishPeer f -> {
                partnerUnfinished = false;
                if (!closing) {
                    transport.finish();
                }
            }
            case RelayEffect.Close(RelayClose reason) -> close(reason);
            case RelayEffect.StartTimer(RelayTimer timer, Duration after) -> {
                if (!closing) {
                    start(timer, after);
                }
            }
            case RelayEffect.StopTimer(RelayTimer timer) -> timers.stop(timer);
        }
    }

    private void ask() {
        Optional<RelayClose> refusal = guard().orElseThrow().enter(remoteAddress);
        if (refusal.isPresent()) {
            fire(new RelayEvent.Refused(refusal.get()));
            return;
        }
        entered = true;
        room.entrance().ask(this).onComplete(answer -> execute(() ->
                fire(answer.succeeded() ? answer.result() : new RelayEvent.Refused(RelayClose.REFUSED))));
    }

    /** Whoever the client is, the host hears it before the client's first byte, if the service's hosts want that. */
    private void announce(Party client) {
        ServiceGuard guard = guard().orElseThrow();
        ServiceRules rules = guard.service().rules();
        rate = guard.rate();
        if (kind == RelayKind.HOST) {
            ProxyPreamble.of(rules.preamble(), ClientName.parse(client.displayName())).ifPresent(transport::writeBytes);
        } else if (!rules.idleTimeout().isZero()) {
            start(RelayTimer.IDLE, rules.idleTimeout());
        }
    }

    private void start(RelayTimer timer, Duration after) {
        patience.started(timer, after);
        timers.start(timer, after);
    }

    private void write(RelayReply reply) {
        if (closing) {
            return;
        }
        transport.writeBytes(RelayEncoder.bytes(reply));
        if (transport.congested()) {
            fire(new RelayEvent.Evicted(RelayClose.TOO_SLOW));
        }
    }

    private void unsplice() {
        Bridge ended = bridge;
        bridge = null;
        partner = null;
        trial.callOff();
        if (ended != null) {
            ended.end();
        }
        input.release(Hold.BRIDGE);
    }

    private void close(RelayClose reason) {
        if (!closing) {
            closing(reason);
            if (partnerUnfinished) {
                transport.cut();
            } else {
                transport.close();
            }
        }
    }

    private void closing(RelayClose reason) {
        closing = true;
        if (goneBehindInput) {
            goneBehindInput = false;
            disconnected();
        }
        if (entered) {
            entered = false;
            room.entrance().left(this);
        }
        timers.stopAll();
        input.discard();
        room.meters().closed(kind, reason);
        if (kind == RelayKind.CLIENT && !served) {
            room.meters().client(
                    door.service(), reason == RelayClose.NO_HOST ? RelayMeters.Result.NO_HOST : RelayMeters.Result.LEFT);
        }
        LOG.atDebug()
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", kind.protocol())
                .addKeyValue("reason", reason.tag())
                .log("session closed");
    }

    private void timedOut(RelayTimer timer) {
        if (timer == RelayTimer.RATE) {
            input.release(Hold.RATE);
            return;
        }
        boolean backlog = transport.congested() || input.isHeld(Hold.BRIDGE) || input.isHeld(Hold.RATE) || input.isWaiting();
        Duration again = patience.again(timer, backlog);
        if (again != null) {
            start(timer, again);
        } else {
            fire(new RelayEvent.TimedOut(timer));
        }
    }
}
