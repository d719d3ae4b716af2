package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.SessionId;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The event loops of this node by number, so that another node can address one. Immutable, any thread. */
public final class EventLoopIndex {

    private final List<EventLoop> loops;
    private final Map<EventLoop, Integer> numbers = new IdentityHashMap<>();

    /** @throws IllegalArgumentException when there are more loops than a {@link SessionId} can tell apart */
    public EventLoopIndex(Vertx vertx) {
        List<EventLoop> all = new ArrayList<>();
        ((VertxInternal) vertx).nettyEventLoopGroup().forEach(loop -> all.add((EventLoop) loop));
        if (all.size() > SessionId.MAX_LOOPS) {
            throw new IllegalArgumentException(
                    all.size() + " event loops (expected: at most " + SessionId.MAX_LOOPS + ")");
        }
        for (EventLoop loop : all) {
            numbers.put(loop, numbers.size());
        }
        this.loops = List.copyOf(all);
    }

    /**
     * The number of a loop of this node, from 0.
     *
     * @throws IllegalArgumentException when it is another's
     */
    public int indexOf(EventLoop loop) {
        Integer number = numbers.get(loop);
        if (number == null) {
            throw new IllegalArgumentException(loop + " (expected: an event loop of this node)");
        }
        return number;
    }

    /** All of them, by number. */
    public List<EventLoop> loops() {
        return loops;
    }
}
