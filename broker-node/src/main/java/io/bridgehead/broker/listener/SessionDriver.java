package io.bridgehead.broker.listener;

import io.bridgehead.broker.listener.SessionInput.Hold;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import io.bridgehead.broker.session.Transition;
import io.bridgehead.broker.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one connection: turns bytes into events, gives them to the room's pure session one at a time, and carries out
 * the effects in order. With its {@link SessionInput}, {@link SessionCalls} and {@link SessionTimers} the only part of a
 * room that sees sockets and timers.
 *
 * <p>Everything happens on the connection's event loop; other threads post.
 */
final class SessionDriver<S, C, R> implements SessionCalls.Caller<C>, SessionInput.Reader<C>, Transport.Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(SessionDriver.class);

    private final SessionHost host;
    private final Room<S, C, R> room;
    private final Transport transport;
    private final SessionThread thread;
    private final SessionTimers<Timer> timers;
    private final Decoder<C> decoder;
    private final SessionInput<C> input;
    private final SessionCalls<C> calls;
    private final SessionAddress self;
    private final String protocol;
    private final String remoteAddress;
    private final Instant connectedAt;

    private volatile S state;

    private CloseReason pendingEnd;
    /** The client sends no more; once it has its answers, the connection ends. */
    private boolean inputEnded;
    private boolean closing;
    private boolean processing;
    private ArrayDeque<Event<C>> events;

    private SessionDriver(
            SessionHost host, Room<S, C, R> room, Transport transport, String protocol, String remoteAddress) {
        this.host = host;
        this.room = room;
        this.transport = transport;
        this.thread = new SessionThread(transport);
        this.timers = new SessionTimers<>(Timer.class, thread, this::timedOut);
        this.decoder = room.decoders().get();
        this.input = new SessionInput<>(transport, thread, decoder, this);
        this.self = host.newAddress(transport.eventLoop());
        this.calls = new SessionCalls<>(host, thread, this, self);
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
    public boolean movable() {
        return room.session().movable(state);
    }

    @Override
    public void askToMove() {
        execute(() -> {
            // a call, or a question whose answer is due, may have come since somebody looked
            if (movable() && !calls.areDue() && !input.isWaiting()) {
                fire(new Event.Evicted<>(CloseReason.SHUTDOWN));
            }
        });
    }

    @Override
    public void renamed(String displayName) {
        execute(() -> {
            calls.renamed(displayName);
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
                Optional.ofNullable(calls.party()).map(Party::account),
                state.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                Optional.ofNullable(calls.partner()).map(Party::displayName));
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
        input.received(bytes);
    }

    @Override
    public void messageEnded() {
        input.messageEnded();
    }

    @Override
    public void inputTaken() {
        if (pendingEnd != null) {
            end(pendingEnd);
        } else if (!closing) {
            transport.resume();
            leaveIfAnswered();
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
        calls.pass(bytes);
    }

    @Override
    public boolean wantsMore() {
        return input.flows();
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
        // one that is gone never drains: what is for it is dropped, so that its partner goes on
        return !closing && pendingEnd == null && transport.congested();
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
    public void ended(CallId call) {
        fire(new Event.Signalled<>(new Signal.Ended(call)));
    }

    @Override
    public void drained() {
        if (calls.bridge() != null) {
            calls.bridge().drained();
        }
        input.release(Hold.REPLIES);
    }

    // ---- the end

    @Override
    public void closed(CloseReason reason) {
        boolean waitsForOthers = !input.isHeld(Hold.REPLIES);
        if (!closing && input.isWaiting() && waitsForOthers) {
            // the partner, or an answer, is slower than the client was: what it sent before it went still counts
            pendingEnd = reason;
            if (calls.bridge() != null) {
                calls.bridge().drained();
            }
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
        boolean busy = processing || input.isPending() || calls.areDue();
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
        calls.forget();
    }

    private void closing(CloseReason reason) {
        closing = true;
        host.countClosed(reason);
        if (pendingEnd != null) {
            pendingEnd = null;
            disconnected();
        }
        timers.stopAll();
        input.discard();
        LOG.atDebug()
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", protocol)
                .addKeyValue("reason", reason.tag())
                .log("session closed");
    }

    // ---- events and effects

    /** Gives the event to the session when the ones before it are done with. */
    @Override
    public void fire(Event<C> event) {
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
        hold(Hold.AWAITING, room.session().awaits(state));
        hold(Hold.ANSWERS, !closing && calls.isFull());
        leaveIfAnswered();
    }

    private void hold(Hold why, boolean on) {
        if (on) {
            input.hold(why);
        } else {
            input.release(why);
        }
    }

    /** A bug of ours costs this connection, and nobody else anything. */
    private void fail(RuntimeException bug) {
        LOG.atError()
                .setCause(bug)
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", protocol)
                .log("session failed");
        if (calls.bridge() != null) {
            unsplice();
        }
        if (calls.party() != null) {
            calls.unregister(calls.party().account());
        }
        if (!closing) {
            closing(CloseReason.INTERNAL_ERROR);
            transport.close();
        }
    }

    private void process(Event<C> event) {
        calls.heard(event);
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
            case Effect.Register<R>(var credentials) -> calls.register(credentials);
            case Effect.Unregister<R>(AccountId account) -> calls.unregister(account);
            case Effect.Ring<R>(CallId call, Party caller, AccountId callee) -> calls.ring(call, caller, callee);
            case Effect.Tell<R>(SessionAddress to, Signal signal) -> calls.tell(to, signal);
            case Effect.Accept<R>(CallId call, Party caller, Party callee) -> calls.accept(call, caller, callee);
            case Effect.Splice<R>(CallId call, Party other, boolean caller) -> splice(call, other, caller);
            case Effect.Unsplice<R>(CallId call) -> unsplice();
            case Effect.ListUsers<R>() -> calls.listUsers();
            case Effect.SetVisible<R>(AccountId account, boolean visible) -> calls.setVisible(account, visible);
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

    private void reply(R reply) {
        if (closing) {
            return;
        }
        transport.writeLines(room.encoder().lines(reply));
        // a connection that is gone counts as congested, and will never drain
        if (pendingEnd == null && transport.congested()) {
            input.hold(Hold.REPLIES);
        }
    }

    private void splice(CallId call, Party other, boolean caller) {
        transport.bridged(true);
        decoder.bridged(true);
        calls.splice(call, other, caller);
    }

    private void unsplice() {
        decoder.bridged(false);
        transport.bridged(false);
        calls.unsplice();
        input.release(Hold.BRIDGE);
    }

    @Override
    public boolean calls(CallId call) {
        return room.session().calls(state, call);
    }

    @Override
    public void answered() {
        leaveIfAnswered();
    }

    private void timedOut(Timer timer) {
        host.countTimedOut(timer);
        fire(new Event.TimedOut<>(timer));
    }
}
