package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.CallId;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongConsumer;

/** The bridges that begin on this node. At most one a session, so bounded by the connection limits. Any thread. */
public final class Bridges {

    private record Open(LocalBridge bridge, BridgeInfo info) {}

    private final ConcurrentMap<CallId, Open> open = new ConcurrentHashMap<>();
    private final int window;
    private final LongConsumer bytesMeter;
    private final InstantSource clock;

    /** {@code window}: bytes that one direction of one bridge may hold. */
    public Bridges(int window, LongConsumer bytesMeter, InstantSource clock) {
        this.window = window;
        this.bytesMeter = bytesMeter;
        this.clock = clock;
    }

    /** Opens the caller's half; nothing is read from the caller until the callee's half is there. */
    Bridge openByCaller(CallId call, String caller, String callee, BridgeEnd end) {
        LocalBridge bridge = new LocalBridge(call, window, bytesMeter, () -> open.remove(call));
        open.put(call, new Open(bridge, new BridgeInfo(call, caller, callee, clock.instant())));
        return bridge.attachCaller(end);
    }

    /** Joins the callee's half. When the caller has ended the bridge already, the end is told so. */
    Bridge joinByCallee(CallId call, BridgeEnd end) {
        Open found = open.get(call);
        if (found == null) {
            end.eventLoop().execute(() -> end.ended(call));
            return new EndedBridge();
        }
        return found.bridge().attachCallee(end);
    }

    public List<BridgeInfo> list() {
        return open.values().stream().map(Open::info).toList();
    }

    public int count() {
        return open.size();
    }
}
