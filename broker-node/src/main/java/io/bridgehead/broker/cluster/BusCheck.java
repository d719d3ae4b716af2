package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every other node once a second over the bus whether it is there. A member that does not answer is as good as
 * gone. Ticks on one context; {@link #pinged} and {@link #healthy} are for any thread.
 */
final class BusCheck {

    static final Duration PERIOD = Duration.ofSeconds(1);

    /** Four pings without an answer. */
    static final Duration SILENCE = Duration.ofMillis(4500);

    /** Connections break and come again; after this time this node may be the broken one. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(BusCheck.class);

    private final NodeId self;
    private final NodeBus bus;
    private final Consumer<NodeId> unreachable;
    private final LongSupplier nanos;
    private final Map<NodeId, Peer> peers = new HashMap<>();
    private final Map<NodeId, Long> pings = new ConcurrentHashMap<>();
    private volatile boolean healthy = true;

    /** What is known of another node; times in nanoseconds. */
    private static final class Peer {
        private final long since;
        private volatile long answered;
        private boolean lost;
        private boolean sick;
        private long sickSince;

        private Peer(long now) {
            this.since = now;
            this.answered = now;
        }
    }

    /** @param unreachable told once of a member that stopped answering, until it answers again */
    BusCheck(NodeId self, NodeBus bus, Consumer<NodeId> unreachable, LongSupplier nanos) {
        this.self = self;
        this.bus = bus;
        this.unreachable = unreachable;
        this.nanos = nanos;
    }

    /** Another node asked whether this one is there. */
    void pinged(NodeId from) {
        pings.put(from, nanos.getAsLong());
    }

    /**
     * Whether this node can talk with at least half of the others. When it is one other node that is broken, that one
     * takes itself out, not all those that miss it.
     */
    boolean healthy() {
        return healthy;
    }

    void tick() {
        Set<NodeId> others = bus.others();
        peers.keySet().retainAll(others);
        pings.keySet().retainAll(others);
        long now = nanos.getAsLong();
        others.forEach(node -> look(node, peers.computeIfAbsent(node, fresh -> new Peer(now)), now));
        long broken = peers.values().stream()
                .filter(peer -> peer.sick && now - peer.sickSince >= PATIENCE.toNanos())
                .count();
        healthy = 2 * broken <= others.size();
    }

    private void look(NodeId node, Peer peer, long now) {
        bus.ask(LoopAddress.of(node), new NodeMessage.Ping(self))
                .onSuccess(there -> peer.answered = nanos.getAsLong());
        boolean silent = now - peer.answered >= SILENCE.toNanos();
        // the other way may be broken alone, which only shows by its questions not coming
        boolean unheard = now - Math.max(peer.since, pings.getOrDefault(node, peer.since)) >= SILENCE.toNanos();
        if (silent && !peer.lost) {
            LOG.atWarn().addKeyValue("node", node).log("a member does not answer on the bus");
            unreachable.accept(node);
        }
        peer.lost = silent;
        boolean sick = silent || unheard;
        if (sick && !peer.sick) {
            peer.sickSince = now;
        }
        if (!sick && peer.sick) {
            LOG.atInfo().addKeyValue("node", node).log("the bus works again both ways");
        }
        peer.sick = sick;
    }
}
