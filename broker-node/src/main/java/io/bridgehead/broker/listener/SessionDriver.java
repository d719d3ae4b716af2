package io.bridgehead.broker.listener;

import io.bridgehead.broker.bridge.Bridge;
import io.bridgehead.broker.bridge.BridgeEnd;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import io.bridgehead.broker.session.Transition;
import io.bridgehead.broker.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one connection: turns bytes into events, gives them to the room's pure session one at a time, and carries out
 * the effects in order. The only part of a room that sees sockets and timers.
 *
 * <p>Everything happens on the connection's event loop; other threads post. Input waits while any {@link Hold} is on:
 * reading is paused, and at most what was read by then is kept.
 */
public final class SessionDriver<S, C, R> implements LocalSession, BridgeEnd, Decoder.Sink<C>, Transport.Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(SessionDriver.class);

    /** A caller on another node that has not said its last word by then will not. */
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    /** Stands in the input for the end of a message. */
    private static final ByteBuf MESSAGE_END = Unpooled.EMPTY_BUFFER;

    /** Why input waits. */
    private enum Hold {
        /** What it means depends on an answer that is due. */
        AWAITING,
        /** The partner is slower than this client, or not there yet. */
        BRIDGE,
        /** This client asks faster than it reads the answers. */
        REPLIES;

        private final int bit = 1 << ordinal();
    }

    private final SessionHost host;
    private final Room<S, C, R> room;
    private final Transport transport;
    private final SessionThread thread;
    private final SessionTimers timers;
    private final Decoder<C> decoder;
    private final SessionAddress self;
    private final String protocol;
    private final String remoteAddress;
    private final Instant connectedAt;

    private volatile S state;
    private volatile Party party;
    private volatile Party partner;

    private int holds;
    private boolean decoding;
    private ArrayDeque<ByteBuf> input;
    private CloseReason pendingEnd;
    /** The client sends no more; once it has its answers, the connection ends. */
    private boolean inputEnded;
    /** Answers that are due without input waiting for them. */
    private int due;
    private boolean looking;
    private boolean closing;
    private boolean processing;
    private ArrayDeque<Event<C>> events;
    private Bridge bridge;
    private long rangAtNanos;

    private SessionDriver(
            SessionHost host, Room<S, C, R> room, Transport transport, String protocol, String remoteAddress) {
        this.host = host;
        this.room = room;
        this.transport = transport;
        this.thread = new SessionThread(transport);
        this.timers = new SessionTimers(thread, this::timedOut);
        this.decoder = room.decoders().get();
        this.self = host.newAddress(transport.eventLoop());
        this.protocol = protocol;
        this.remoteAddress = remoteAddress;
        this.connectedAt = host.clock().instant();
        this.state = room.session().opened(self, remoteAddress);
    }

    /** Takes a new connection over. On its event loop. */
    static <S, C, R> void run(
            SessionHost host, Room<S, C, R> room, Transport transport, String protocol, String remoteAddress) {
        SessionDriver<S, C, R> driver = new SessionDriver<>(host, room, transport, protocol, remoteAddress);
        host.sessions().connected(driver);
        transport.start(driver);
        driver.fire(new Event.Opened<>(host.switchboard().registeredUsers()));
    }

    // ---- what others may ask, from any thread

    @Override
    public SessionId id() {
        return self.session();
    }

    @Override
    public void tell(Signal signal) {
        if (signal instanceof Signal.Answered(CallId call, CallOutcome outcome)) {
            host.countCall(outcome);
        }
        post(new Event.Signalled<>(signal));
    }

    @Override
    public void evict(CloseReason reason) {
        post(new Event.Evicted<>(reason));
    }

    @Override
    public void renamed(String displayName) {
        execute(() -> {
            if (party != null) {
                party = party.withDisplayName(displayName);
            }
            fire(new Event.Renamed<>(displayName));
        });
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(
                self,
                protocol,
                remoteAddress,
                connectedAt,
                Optional.ofNullable(party).map(Party::account),
                state.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                Optional.ofNullable(partner).map(Party::displayName));
    }

    @Override
    public void nodeGone(NodeId node) {
        post(new Event.NodeGone<>(node));
    }

    @Override
    public boolean inContext() {
        return thread.isCurrent();
    }

    private void post(Event<C> event) {
        execute(() -> fire(event));
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void moveTo(EventLoop target, Runnable moved) {
        thread.moveTo(target, moved);
    }

    // ---- input

    @Override
    public void received(ByteBuf bytes) {
        if (closing) {
            bytes.release();
        } else if (holds != 0 || hasInput()) {
            enqueue(bytes);
        } else {
            decode(bytes);
        }
    }

    @Override
    public void messageEnded() {
        if (closing) {
            return;
        }
        if (holds != 0 || hasInput()) {
            enqueue(MESSAGE_END);
        } else {
            decoder.endOfMessage(this);
        }
    }

    private boolean hasInput() {
        return input != null && !input.isEmpty();
    }

    private void enqueue(ByteBuf bytes) {
        if (input == null) {
            input = new ArrayDeque<>(4);
        }
        input.add(bytes);
    }

    private void decode(ByteBuf bytes) {
        decoding = true;
        decoder.decode(bytes, this);
        decoding = false;
        if (!bytes.isReadable() || closing) {
            bytes.release();
        } else {
            enqueue(bytes);
        }
    }

    private void decodeInput() {
        while (holds == 0 && hasInput() && !closing) {
            // ours while it is decoded: a command in it may close the session, which releases what waits
            ByteBuf bytes = input.poll();
            decoding = true;
            if (bytes == MESSAGE_END) {
                decoder.endOfMessage(this);
            } else {
                decoder.decode(bytes, this);
            }
            decoding = false;
            if (bytes.isReadable() && !closing) {
                input.addFirst(bytes);
            } else {
                bytes.release();
            }
        }
        if (holds == 0 && !hasInput()) {
            input = null;
            if (pendingEnd != null) {
                end(pendingEnd);
            } else if (!closing) {
                transport.resume();
                leaveIfAnswered();
            }
        }
    }

    @Override
    public void command(C command) {
        fire(new Event.Command<>(command));
    }

    @Override
    public void malformed(String problem, boolean fatal) {
        host.countMalformed();
        fire(new Event.Malformed<>(problem, fatal));
    }

    @Override
    public void pass(ByteBuf bytes) {
        if (bridge == null) {
            bytes.release();
        } else {
            bridge.send(bytes);
        }
    }

    @Override
    public boolean wantsMore() {
        return holds == 0 && !closing;
    }

    private void hold(Hold reason) {
        if (holds == 0) {
            transport.pause();
        }
        holds |= reason.bit;
    }

    private void release(Hold reason) {
        boolean was = (holds & reason.bit) != 0;
        holds &= ~reason.bit;
        if (was && holds == 0) {
            if (decoding) {
                // the loop that is decoding goes on by itself; what it leaves is taken up afterwards
                execute(this::decodeInput);
            } else {
                decodeInput();
            }
        }
    }

    // ---- the bridge

    @Override
    public EventLoop eventLoop() {
        return transport.eventLoop();
    }

    @Override
    public void deliver(ByteBuf bytes) {
        if (closing) {
            bytes.release();
        } else {
            transport.writeBytes(bytes);
        }
    }

    @Override
    public boolean congested() {
        return !closing && transport.congested();
    }

    @Override
    public void hold() {
        hold(Hold.BRIDGE);
    }

    @Override
    public void release() {
        release(Hold.BRIDGE);
    }

    @Override
    public void ended(CallId call) {
        fire(new Event.Signalled<>(new Signal.Ended(call)));
    }

    @Override
    public void drained() {
        if (bridge != null) {
            bridge.drained();
        }
        release(Hold.REPLIES);
    }

    // ---- the end

    @Override
    public void closed(CloseReason reason) {
        boolean waitsForOthers = (holds & Hold.REPLIES.bit) == 0;
        if (!closing && hasInput() && waitsForOthers) {
            // the partner, or an answer, is slower than the client was: what it sent before it went still counts
            pendingEnd = reason;
        } else {
            end(reason);
        }
    }

    @Override
    public void inputEnded() {
        inputEnded = true;
        leaveIfAnswered();
    }

    private void leaveIfAnswered() {
        boolean busy = decoding || processing || holds != 0 || hasInput() || due > 0 || looking;
        if (inputEnded && !busy && !closing) {
            inputEnded = false;
            decoder.endOfStream(this);
            fire(new Event.Disconnected<>(CloseReason.PEER_GONE));
            closing(CloseReason.PEER_GONE);
            transport.close();
        }
    }

    private void end(CloseReason reason) {
        pendingEnd = null;
        boolean first = !closing;
        if (first) {
            decoder.endOfStream(this);
        }
        fire(new Event.Disconnected<>(reason));
        if (first) {
            closing(reason);
        }
        disconnected();
    }

    private void disconnected() {
        host.sessions().disconnected(this);
        host.switchboard().forget(id());
    }

    private void closing(CloseReason reason) {
        closing = true;
        host.countClosed(reason);
        if (pendingEnd != null) {
            pendingEnd = null;
            disconnected();
        }
        timers.stopAll();
        if (input != null) {
            input.forEach(ByteBuf::release);
            input = null;
        }
        LOG.atDebug()
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", protocol)
                .addKeyValue("reason", reason.tag())
                .log("session closed");
    }

    // ---- events and effects

    /** Gives the event to the session when the ones before it are done with. */
    private void fire(Event<C> event) {
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
            fail(bug);
        } finally {
            processing = false;
            events = null;
        }
        if (room.session().awaits(state)) {
            hold(Hold.AWAITING);
        } else {
            release(Hold.AWAITING);
        }
        leaveIfAnswered();
    }

    /** A bug of ours costs this connection, and nobody else anything. */
    private void fail(RuntimeException bug) {
        LOG.atError()
                .setCause(bug)
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", protocol)
                .log("session failed");
        if (bridge != null) {
            unsplice();
        }
        Party registered = party;
        if (registered != null) {
            host.switchboard().unregister(this, registered.account());
        }
        if (!closing) {
            closing(CloseReason.INTERNAL_ERROR);
            transport.close();
        }
    }

    private void process(Event<C> event) {
        if (event instanceof Event.Listed || event instanceof Event.VisibilitySet) {
            due--;
        } else if (event instanceof Event.Ringing
                || event instanceof Event.Signalled<C>(Signal signal) && signal instanceof Signal.Answered) {
            looking = false;
        }
        Transition<S, R> transition = room.session().on(state, event);
        state = transition.state();
        for (Effect<R> effect : transition.effects()) {
            carryOut(effect);
        }
    }

    private void carryOut(Effect<R> effect) {
        switch (effect) {
            case Effect.Reply<R>(R reply) -> reply(reply);
            case Effect.Close<R>(CloseReason reason) -> {
                if (!closing) {
                    closing(reason);
                    transport.close();
                }
            }
            case Effect.Register<R>(var credentials) ->
                host.switchboard().register(this, self, credentials).onComplete(done -> {
                    Registration outcome = done.succeeded() ? done.result() : new Registration.TryAgain(Duration.ZERO);
                    host.count(outcome);
                    execute(() -> decided(outcome, credentials.displayName()));
                });
            case Effect.Unregister<R>(AccountId account) -> {
                party = null;
                host.switchboard().unregister(this, account);
            }
            case Effect.Ring<R>(CallId call, Party caller, AccountId callee) -> {
                rangAtNanos = System.nanoTime();
                looking = true;
                host.switchboard()
                        .ring(this, call, caller, callee, this::execute, (id, found) -> post(new Event.Ringing<>(id, found)));
            }
            case Effect.Tell<R>(SessionAddress to, Signal signal) -> host.switchboard().tell(to, signal);
            case Effect.Accept<R>(CallId call, Party caller, Party callee) -> accept(call, caller, callee);
            case Effect.Splice<R>(CallId call, Party other, boolean caller) -> splice(call, other, caller);
            case Effect.Unsplice<R>(CallId call) -> unsplice();
            case Effect.ListUsers<R>() -> {
                due++;
                host.switchboard().users().onComplete(done -> post(
                        done.succeeded()
                                ? new Event.Listed<>(done.result().visible(), done.result().total())
                                : new Event.Listed<>(List.of(), -1)));
            }
            case Effect.SetVisible<R>(AccountId account, boolean visible) -> {
                due++;
                host.switchboard()
                        .setVisible(this, account, visible)
                        .onComplete(done -> post(new Event.VisibilitySet<>(visible, done.succeeded())));
            }
            case Effect.Describe<R>(AccountId account, String written) -> host.sessions().find(account).stream()
                    .filter(row -> row.session() == this)
                    .findFirst()
                    .ifPresent(row -> fire(new Event.Described<>(written, row.entitlement())));
            case Effect.StartTimer<R>(Timer timer, Duration after) -> {
                if (!closing) {
                    timers.start(timer, after);
                }
            }
            case Effect.StopTimer<R>(Timer timer) -> timers.stop(timer);
        }
    }

    private void accept(CallId call, Party caller, Party callee) {
        host.switchboard().tell(caller.address(), new Signal.Accepted(call, callee));
        if (!caller.address().node().equals(self.node())) {
            // the last word may be lost between the nodes; once it came, this one changes nothing
            thread.schedule(() -> fire(new Event.Signalled<>(new Signal.Gone(call))), LAST_WORD.toMillis());
        }
    }

    private void decided(Registration outcome, String displayName) {
        if (outcome instanceof Registration.Registered(var entitlement)) {
            party = new Party(
                    self, entitlement.account(), entitlement.nickname().map(Object::toString).orElse(displayName));
        }
        fire(new Event.RegistrationDecided<>(outcome));
    }

    private void reply(R reply) {
        if (closing) {
            return;
        }
        transport.writeLines(room.encoder().lines(reply));
        // a connection that is gone counts as congested, and will never drain
        if (pendingEnd == null && transport.congested()) {
            hold(Hold.REPLIES);
        }
    }

    private void splice(CallId call, Party other, boolean caller) {
        if (caller) {
            host.countConnected(System.nanoTime() - rangAtNanos);
        }
        partner = other;
        transport.bridged(true);
        decoder.bridged(true);
        bridge = host.switchboard().splice(call, party, other, caller, this);
    }

    private void unsplice() {
        Bridge ended = bridge;
        bridge = null;
        partner = null;
        decoder.bridged(false);
        transport.bridged(false);
        if (ended != null) {
            ended.end();
        }
        release(Hold.BRIDGE);
    }

    private void timedOut(Timer timer) {
        host.countTimedOut(timer);
        fire(new Event.TimedOut<>(timer));
    }
}
