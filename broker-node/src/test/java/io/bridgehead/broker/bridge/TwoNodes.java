package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The bridges of two nodes, and a bus between them that does what the test says. One thread, no time of its own. */
final class TwoNodes {

    static final int WINDOW = 256 * 1024;

    private static final NodeId LEFT = new NodeId("left");
    private static final NodeId RIGHT = new NodeId("right");

    /** What has been sent to each node and has not arrived. */
    final Map<NodeId, Deque<NodeMessage>> onTheWay = Map.of(LEFT, new ArrayDeque<>(), RIGHT, new ArrayDeque<>());

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private final Set<NodeId> members = new HashSet<>(Set.of(LEFT, RIGHT));
    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final Map<NodeId, Bridges> bridges = Map.of(LEFT, bridges(LEFT), RIGHT, bridges(RIGHT));

    TwoNodes() {
        clock.freezeTime();
    }

    private Bridges bridges(NodeId node) {
        return new Bridges(node, new Bus(), WINDOW, new Meters(registry), InstantSource.system());
    }

    /** Two ends that are bridged; the first is the caller's, on the left. */
    List<End> bridge(int number) {
        return bridge(number, 1);
    }

    /** {@code count}: which of the caller's calls it is. */
    List<End> bridge(int number, int count) {
        return List.of(caller(number, count), callee(number, count));
    }

    /** The caller's end alone. */
    End caller(int number, int count) {
        return end(LEFT, RIGHT, number, count);
    }

    /** The callee's end alone. */
    End callee(int number, int count) {
        return end(RIGHT, LEFT, number, count);
    }

    private End end(NodeId node, NodeId other, int number, int count) {
        End end = new End(party(node, number));
        CallId call = new CallId(party(LEFT, number).address().session(), count);
        end.bridge = bridges.get(node).open(call, end.party, party(other, number), node.equals(LEFT), end);
        run();
        return end;
    }

    /** The caller's node goes, and the other one hears of it. */
    void leftGoes() {
        members.remove(LEFT);
        bridges.get(RIGHT).nodeGone(LEFT);
        run();
    }

    private static Party party(NodeId node, int number) {
        SessionId session = new SessionId(node.equals(LEFT) ? 1 : 2, (long) number << 8);
        return new Party(
                new SessionAddress(node, session), new AccountId(node.name() + number, "example.org"), node.name());
    }

    Deque<NodeMessage> to(End end) {
        return onTheWay.get(end.party.address().node());
    }

    /** Lets the oldest message to this end's node arrive. */
    void arrive(End end) {
        NodeMessage message = to(end).poll();
        if (message instanceof NodeMessage.OfBridge frame) {
            bridges.get(end.party.address().node()).received(frame, true);
            run();
        }
    }

    /** Lets everything arrive, and what comes of it. */
    void settle(End... ends) {
        boolean more = true;
        while (more) {
            more = false;
            for (End end : ends) {
                while (!to(end).isEmpty()) {
                    arrive(end);
                    more = true;
                }
            }
        }
    }

    void second() {
        clock.advanceTimeBy(1, TimeUnit.SECONDS);
        run();
    }

    private void run() {
        clock.runPendingTasks();
        clock.runScheduledPendingTasks();
        clock.runPendingTasks();
    }

    double failures() {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().contains("bridge_failures"))
                .filter(meter -> "frame_lost".equals(meter.getId().getTag("reason")))
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    /** What all ends have on their way, as they count it. */
    long onTheWay() {
        return bridges.values().stream().mapToLong(Bridges::onTheWay).sum();
    }

    int open() {
        return bridges.values().stream().mapToInt(Bridges::count).sum();
    }

    /** One client's connection, as the session drives it. */
    final class End implements BridgeEnd {

        final Party party;
        final ByteArrayOutputStream got = new ByteArrayOutputStream();
        Bridge bridge;
        boolean held;
        boolean congested;
        int ended;
        /** The tasks of the event loop that the connection has moved to; null: it is where it was. */
        Queue<Runnable> elsewhere;

        private End(Party party) {
            this.party = party;
        }

        void send(byte[] bytes) {
            bridge.send(Unpooled.wrappedBuffer(bytes));
            run();
        }

        void slow(boolean now) {
            boolean drains = congested && !now;
            congested = now;
            if (drains && ended == 0) {
                bridge.drained();
                run();
            }
        }

        @Override
        public EventLoop eventLoop() {
            return clock.eventLoop();
        }

        @Override
        public void execute(Runnable task) {
            if (elsewhere == null) {
                clock.eventLoop().execute(task);
            } else {
                elsewhere.add(task);
            }
        }

        @Override
        public void moveTo(EventLoop target, Runnable moved) {
            throw new IllegalStateException("between nodes nobody moves");
        }

        @Override
        public void deliver(ByteBuf bytes) {
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            bytes.release();
            got.writeBytes(copy);
        }

        @Override
        public boolean congested() {
            return congested;
        }

        @Override
        public void hold() {
            held = true;
        }

        @Override
        public void release() {
            held = false;
        }

        @Override
        public void ended(CallId call) {
            ended++;
            bridge.end();
        }
    }

    private final class Bus implements NodeBus {

        @Override
        public void send(LoopAddress to, NodeMessage message) {
            if (message instanceof NodeMessage.BridgeBytes frame) {
                assertThat(frame.bytes().readableBytes()).isPositive();
            }
            onTheWay.get(to.node()).add(message);
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
            return Future.failedFuture("a bridge asks nothing");
        }

        @Override
        public Set<NodeId> others() {
            return members;
        }
    }

    /** Bytes that are on their way to this end. */
    long bytesTo(End end) {
        return to(end).stream()
                .mapToLong(message ->
                        message instanceof NodeMessage.BridgeBytes frame ? frame.bytes().readableBytes() : 0)
                .sum();
    }
}
