package io.bridgehead.broker.bridge;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionId;
import io.micrometer.core.instrument.Counter;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * The bridges of this node: those with both ends here, and the ends here of those that go to other nodes. At most one a
 * session, so bounded by the connection limits. Any thread.
 */
public final class Bridges {

    /** Bytes that all bridges to one other node together may have on their way. */
    private static final long NODE_LIMIT = 32L * 1024 * 1024;

    /**
     * Messages that may wait for the bridge they belong to, if {@link RemoteBridge#WINDOWS} windows do not have more; of
     * bytes there are so many windows at most.
     */
    private static final int MAX_EARLY = 1024;

    /** The same question, once a second but for the first: a bridge that is not open by then will not be. */
    private static final int MAX_CHECKS = 4;

    private record Local(LocalBridge bridge, BridgeInfo info) {}

    private record Remote(RemoteBridge bridge, BridgeInfo info, boolean caller) {}

    /** What came for a session before the word that opens its bridge. */
    private record Early(CallId call, Queue<NodeMessage.OfBridge> messages) {}

    private final NodeId self;
    private final NodeBus bus;
    private final int window;
    private final int maxEarly;
    private final InstantSource clock;
    private final Counter bytes;
    private final CounterBy<RemoteBridge.Failure> failures;
    private final ConcurrentMap<CallId, Local> local = new ConcurrentHashMap<>();
    /** By call, not by session: a bridge that ended here may have bytes on their way out yet, while the next is open. */
    private final ConcurrentMap<CallId, Remote> remote = new ConcurrentHashMap<>();
    /** The last bridge to another node that each session here had: what comes late for it is not early. */
    private final ConcurrentMap<SessionId, CallId> latest = new ConcurrentHashMap<>();
    private final ConcurrentMap<SessionId, Early> early = new ConcurrentHashMap<>();
    private final ConcurrentMap<NodeId, NodeCredit> credits = new ConcurrentHashMap<>();

    /**
     * {@code window}: bytes that one direction of one bridge may hold; between nodes up to
     * {@link RemoteBridge#WINDOWS} times as many.
     */
    public Bridges(NodeId self, NodeBus bus, int window, Meters meters, InstantSource clock) {
        this.self = self;
        this.bus = bus;
        this.window = window;
        this.maxEarly = Math.max(MAX_EARLY, RemoteBridge.WINDOWS * window / RemoteBridge.LEAST_COST);
        this.clock = clock;
        this.bytes = meters.counter(Meter.BRIDGE_BYTES);
        this.failures = meters.counters(Meter.BRIDGE_FAILURES, RemoteBridge.Failure.class);
        meters.gauge(Meter.BRIDGES, this::count);
    }

    /** This end of the bridge that {@code call} led to. On the end's context. */
    Bridge open(CallId call, Party own, Party partner, boolean caller, BridgeEnd end) {
        if (!partner.address().node().equals(self)) {
            return openRemote(call, own, partner, caller, end);
        }
        return caller ? openByCaller(call, own, partner, end) : joinByCallee(call, end);
    }

    private Bridge openByCaller(CallId call, Party own, Party partner, BridgeEnd end) {
        // credit takes no time within a node: a whole window gives a fast reader nothing and costs for each slow one
        LocalBridge bridge = new LocalBridge(call, window / 2, bytes::increment, () -> local.remove(call));
        local.put(call, new Local(bridge, info(call, own, partner)));
        return bridge.attachCaller(end);
    }

    /** When the caller has ended the bridge already, the end is told so. */
    private Bridge joinByCallee(CallId call, BridgeEnd end) {
        Local found = local.get(call);
        if (found == null) {
            end.execute(() -> end.ended(call));
            return new EndedBridge();
        }
        return found.bridge().attachCallee(end);
    }

    private Bridge openRemote(CallId call, Party own, Party partner, boolean caller, BridgeEnd end) {
        SessionId session = own.address().session();
        NodeCredit credit = credits.computeIfAbsent(partner.address().node(), node -> new NodeCredit(NODE_LIMIT));
        RemoteBridge bridge = new RemoteBridge(
                call, own.address(), partner.address(), caller, end, bus, window, credit, new RemoteBridge.Observer() {
                    @Override
                    public void sent(int length) {
                        bytes.increment(length);
                    }

                    @Override
                    public void failed(RemoteBridge.Failure failure) {
                        failures.increment(failure);
                    }

                    @Override
                    public void closed() {
                        remote.remove(call);
                    }
                });
        remote.put(call, new Remote(bridge, caller ? info(call, own, partner) : info(call, partner, own), caller));
        latest.put(session, call);
        // behind the caller of this method: the connection has no bridge yet to drain or end
        end.execute(() -> giveEarly(session, call, bridge));
        // after the row is there: a node that goes meanwhile is seen here or by nodeGone
        if (!bus.others().contains(partner.address().node())) {
            bridge.execute(bridge::nodeGone);
        }
        return bridge;
    }

    private BridgeInfo info(CallId call, Party caller, Party callee) {
        return new BridgeInfo(call, caller, callee, clock.instant());
    }

    // ---- what other nodes' ends say; on the receiving session's thread, in the order of arrival

    /** {@code here}: whether the session is still there; what comes for a bridge that it never opened is else dropped. */
    void received(NodeMessage.OfBridge message, boolean here) {
        Remote row = remote.get(message.call());
        if (row != null && !isEarly(message)) {
            give(row.bridge(), message);
        } else if (row == null && (!here || message.call().equals(latest.get(message.to())))) {
            absent(message);
        } else {
            keep(message);
        }
    }

    private boolean isEarly(NodeMessage.OfBridge message) {
        Early waiting = early.get(message.to());
        return waiting != null && waiting.call().equals(message.call());
    }

    /**
     * The session has gone, and its bridge may still be sending what the client sent before. Any thread.
     *
     * @return whether there is such a bridge
     */
    boolean receivedAfterwards(NodeMessage.OfBridge message) {
        Remote row = remote.get(message.call());
        if (row == null) {
            absent(message);
            return false;
        }
        row.bridge().execute(() -> give(row.bridge(), message));
        return true;
    }

    private static void give(RemoteBridge bridge, NodeMessage.OfBridge message) {
        switch (message) {
            case NodeMessage.BridgeBytes frame -> bridge.frame(frame.sequence(), frame.bytes());
            case NodeMessage.BridgeCredit credit -> bridge.credit(credit.taken());
            case NodeMessage.BridgeCheck check -> bridge.check(check.frames());
            case NodeMessage.BridgeOver over -> bridge.over(over.frames());
        }
    }

    /**
     * The partner was faster than the word that opens this end, which is queued on this thread: what came early waits
     * for it. A partner that has asked in vain for some seconds hears that there is no such bridge.
     */
    private void keep(NodeMessage.OfBridge message) {
        if (!isEarly(message)) {
            if (!isFirst(message)) {
                // late, for a bridge before the last: what waits may be for a call that is just being opened
                absent(message);
                return;
            }
            // what waited was for an older call, which came to nothing
            forgetEarly(message.to());
            early.put(message.to(), new Early(message.call(), new ArrayDeque<>()));
        }
        Queue<NodeMessage.OfBridge> waiting = early.get(message.to()).messages();
        waiting.add(message);
        boolean inVain = message instanceof NodeMessage.BridgeCheck
                && waiting.stream().filter(message::equals).count() >= MAX_CHECKS;
        if (inVain || waiting.size() > maxEarly) {
            forgetEarly(message.to());
        }
    }

    /** Whether its bridge may begin with it. */
    private static boolean isFirst(NodeMessage.OfBridge message) {
        return switch (message) {
            case NodeMessage.BridgeBytes frame -> frame.sequence() == 0;
            case NodeMessage.BridgeCredit c -> false;
            case NodeMessage.BridgeCheck check -> check.frames() == 0;
            case NodeMessage.BridgeOver over -> over.frames() == 0;
        };
    }

    /** Nobody here has that bridge, or will. */
    void absent(NodeMessage.OfBridge message) {
        switch (message) {
            case NodeMessage.BridgeBytes frame -> frame.bytes().release();
            case NodeMessage.BridgeCheck check ->
                bus.send(
                        LoopAddress.of(check.from()),
                        new NodeMessage.BridgeOver(check.from().session(), check.call(), -1));
            case NodeMessage.BridgeCredit c -> {}
            case NodeMessage.BridgeOver o -> {}
        }
    }

    /** The session is gone. On its context. */
    void forget(SessionId session) {
        latest.remove(session);
        forgetEarly(session);
    }

    private void forgetEarly(SessionId session) {
        Early waiting = early.remove(session);
        if (waiting != null) {
            waiting.messages().forEach(this::absent);
        }
    }

    private void giveEarly(SessionId session, CallId call, RemoteBridge bridge) {
        Early waiting = early.remove(session);
        if (waiting == null) {
            return;
        }
        for (NodeMessage.OfBridge message : waiting.messages()) {
            if (message.call().equals(call)) {
                give(bridge, message);
            } else {
                absent(message);
            }
        }
    }

    /** Ends every bridge to a node that is gone. */
    void nodeGone(NodeId node) {
        remote.values().stream()
                .map(Remote::bridge)
                .filter(bridge -> bridge.partnerNode().equals(node))
                .forEach(bridge -> bridge.execute(bridge::nodeGone));
    }

    /** Ends every bridge to another node: this one was away for too long. */
    public void endRemote() {
        remote.values().forEach(row -> row.bridge().execute(row.bridge()::nodeGone));
    }

    /** The bridges that began on this node. */
    public List<BridgeInfo> list() {
        return Stream.concat(
                        local.values().stream().map(Local::info),
                        remote.values().stream().filter(Remote::caller).map(Remote::info))
                .toList();
    }

    /** Bytes that all bridges to other nodes have on their way, what their frames cost among them. */
    long onTheWay() {
        return credits.values().stream().mapToLong(NodeCredit::outstanding).sum();
    }

    /** Bridges with an end on this node. */
    public int count() {
        return local.size() + remote.size();
    }
}
