package io.bridgehead.broker.listener;

import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.bus.EventLoopIndex;
import io.bridgehead.broker.config.BridgeConfig;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Registration;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What all sessions of a node share: identity, the switchboard, the meters. Any thread. */
public final class SessionHost {

    /** How a registration ended, as a metric's tag. */
    enum RegistrationResult {
        REGISTERED,
        NO_ACCOUNT,
        EXPIRED,
        BANNED,
        WRONG_PIN,
        TOO_MANY_ATTEMPTS,
        NO_ACCOUNT_OR_WRONG_PIN,
        TRY_AGAIN
    }

    /** How a call ended, as a metric's tag. */
    enum CallResult {
        CONNECTED,
        DENIED,
        BUSY,
        UNAVAILABLE,
        SELF,
        TRY_AGAIN,
        NO_ANSWER
    }

    private final NodeId node;
    private final Incarnation incarnation;
    private final EventLoopIndex loops;
    private final AtomicLong sessionNumbers = new AtomicLong();
    private final Switchboard switchboard;
    private final LocalSessions sessions;
    private final InstantSource clock;
    private final CounterBy<RegistrationResult> registrations;
    private final CounterBy<CallResult> calls;
    private final CounterBy<CloseReason> closes;
    private final Counter malformed;
    private final Timer connectTime;

    public SessionHost(
            NodeId node,
            Incarnation incarnation,
            EventLoopIndex loops,
            Switchboard switchboard,
            LocalSessions sessions,
            Meters meters,
            InstantSource clock) {
        this.node = node;
        this.incarnation = incarnation;
        this.loops = loops;
        this.switchboard = switchboard;
        this.sessions = sessions;
        this.clock = clock;
        this.registrations = meters.counters(Meter.REGISTRATIONS, RegistrationResult.class);
        this.calls = meters.counters(Meter.CALLS, CallResult.class);
        this.closes = meters.counters(Meter.CLOSES, CloseReason.class);
        this.malformed = meters.counter(Meter.MALFORMED);
        this.connectTime = meters.timer(Meter.CONNECT);
        meters.gauge(Meter.SESSIONS, sessions::registeredCount);
    }

    /** Gives a TCP connection to a room. On its context. */
    public <S, C, R> void serve(
            AcceptedTcp accepted, Room<S, C, R> room, String protocol, ListenerLimits limits, BridgeConfig bridge) {
        SessionDriver.run(this, room, transport(accepted, limits, bridge), protocol, accepted.address());
    }

    /** Gives a WebSocket to a room. On its context. */
    public <S, C, R> void serve(
            AcceptedWebSocket accepted, Room<S, C, R> room, String protocol, ListenerLimits limits, BridgeConfig bridge) {
        WebSocketTransport transport = new WebSocketTransport(
                accepted.socket(),
                ContextInternal.current(),
                limits.writeTimeout(),
                bridge.stallTimeout(),
                limits.tcpUserTimeout());
        SessionDriver.run(this, room, transport, protocol, accepted.address());
    }

    /** A TCP connection as a transport, for a room that drives its sessions itself. On its context. */
    public Transport transport(AcceptedTcp accepted, ListenerLimits limits, BridgeConfig bridge) {
        return new TcpTransport(
                accepted.socket(), limits.writeTimeout(), bridge.stallTimeout(), limits.tcpUserTimeout());
    }

    /** The event loop on which what is addressed to the node, not to a session, arrives. */
    public EventLoop nodeLoop() {
        return loops.all().getFirst();
    }

    /** A new address on this event loop of this node. */
    public SessionAddress newAddress(EventLoop loop) {
        return new SessionAddress(
                node, SessionId.on(incarnation, sessionNumbers.incrementAndGet(), loops.indexOf(loop)));
    }

    public Switchboard switchboard() {
        return switchboard;
    }

    public LocalSessions sessions() {
        return sessions;
    }

    public InstantSource clock() {
        return clock;
    }

    void count(Registration outcome) {
        registrations.increment(
                switch (outcome) {
                    case Registration.Registered r -> RegistrationResult.REGISTERED;
                    case Registration.TryAgain t -> RegistrationResult.TRY_AGAIN;
                    case Registration.Refused(Registration.Refusal refusal) ->
                        RegistrationResult.valueOf(refusal.name());
                });
    }

    void countCall(CallOutcome outcome) {
        calls.increment(CallResult.valueOf(outcome.name()));
    }

    void countConnected(long nanos) {
        calls.increment(CallResult.CONNECTED);
        connectTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    void countTimedOut(io.bridgehead.broker.session.Timer timer) {
        if (timer == io.bridgehead.broker.session.Timer.CALL) {
            calls.increment(CallResult.NO_ANSWER);
        }
    }

    void countClosed(CloseReason reason) {
        closes.increment(reason);
    }

    void countMalformed() {
        malformed.increment();
    }
}
