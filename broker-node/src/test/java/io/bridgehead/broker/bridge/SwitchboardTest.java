package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What comes for a session of another event loop, and waits for its turn there. */
class SwitchboardTest {

    private static final SessionAddress HERE = new SessionAddress(new NodeId("here"), new SessionId(1, 1));
    private static final SessionAddress THERE = new SessionAddress(new NodeId("there"), new SessionId(2, 1));
    private static final CallId CALL = new CallId(THERE.session(), 1);

    private final Bus bus = new Bus();
    private final LocalSessions sessions = new LocalSessions();
    // bytes of a bridge need no accounts
    private final Switchboard switchboard = new Switchboard(
            HERE.node(),
            bus,
            null,
            new InMemoryPresenceRegistry(),
            sessions,
            null,
            new Bridges(
                    HERE.node(), bus, 64 * 1024, new Meters(new SimpleMeterRegistry()), InstantSource.system()),
            null,
            false,
            InstantSource.system());

    @Test
    void whatComesForASessionThatGoesBeforeItsTurnIsNotKept() {
        Session session = new Session();
        sessions.connected(session);
        ByteBuf bytes = Unpooled.copiedBuffer(new byte[10]);
        assertThat(switchboard.received(new NodeMessage.BridgeBytes(HERE.session(), CALL, 0, bytes)))
                .isEqualTo(NodeBus.Answer.TAKEN);
        switchboard.received(new NodeMessage.BridgeCheck(HERE.session(), CALL, 1, THERE));

        sessions.disconnected(session);
        switchboard.forget(session.id());
        session.tasks.forEach(Runnable::run);

        assertThat(bytes.refCnt()).isZero();
        assertThat(bus.sent).containsExactly(new NodeMessage.BridgeOver(THERE.session(), CALL, -1));
    }

    /** Of another event loop, whose tasks wait. */
    private static final class Session implements LocalSession {

        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public SessionId id() {
            return HERE.session();
        }

        @Override
        public boolean inContext() {
            return false;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void tell(Signal signal) {
            throw new IllegalStateException("nobody calls: " + signal);
        }

        @Override
        public void evict(CloseReason reason) {
            throw new IllegalStateException("nobody is put out: " + reason);
        }

        @Override
        public boolean movable() {
            return true;
        }

        @Override
        public void askToMove() {
            throw new IllegalStateException("nobody drains");
        }

        @Override
        public void renamed(String displayName) {
            throw new IllegalStateException("nobody is renamed: " + displayName);
        }

        @Override
        public void nodeGone(NodeId node) {
            throw new IllegalStateException("no node goes: " + node);
        }

        @Override
        public SessionInfo info() {
            throw new IllegalStateException("nobody asks");
        }
    }

    /** Remembers what is sent. */
    private static final class Bus implements NodeBus {

        private final List<NodeMessage> sent = new ArrayList<>();

        @Override
        public void send(LoopAddress to, NodeMessage message) {
            sent.add(message);
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
            return Future.failedFuture("nothing is asked");
        }

        @Override
        public Set<NodeId> others() {
            return Set.of(THERE.node());
        }
    }
}
