package io.bridgehead.broker.bridge;

import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.model.SessionId;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who lives on the event loop of the node bus's connections. There a bridge to another node passes from socket to
 * socket without a hand-over between threads, which is most of a round trip's time. There are few seats: that loop
 * serves all traffic between the nodes, and a busy node is better off spread over all its loops. Any thread.
 */
final class BusSeats {

    static final int MAX = 8;

    private final NodeBus bus;
    private final Set<SessionId> taken = ConcurrentHashMap.newKeySet();

    BusSeats(NodeBus bus) {
        this.bus = bus;
    }

    /** The loop to move to, the session's until {@link #leave}; empty: none is free, or the bus has no connections yet. */
    Optional<EventLoop> take(SessionId session) {
        Optional<EventLoop> loop = bus.loop();
        if (loop.isEmpty() || taken.contains(session)) {
            return loop;
        }
        synchronized (taken) {
            return taken.size() < MAX && taken.add(session) ? loop : Optional.empty();
        }
    }

    void leave(SessionId session) {
        taken.remove(session);
    }
}
