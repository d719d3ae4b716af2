package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.SessionId;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;

/** The event loops of this node by number, as other nodes address them. Immutable, any thread. */
public final class EventLoopIndex {

    private final List<EventLoop> loops = new ArrayList<>();

    /** {@code group}: the event loops, in an order that stays. */
    public EventLoopIndex(Iterable<EventExecutor> group) {
        group.forEach(loop -> loops.add((EventLoop) loop));
        if (loops.size() > SessionId.MAX_LOOPS) {
            throw new IllegalArgumentException(
                    "%d event loops (expected: at most %d)".formatted(loops.size(), SessionId.MAX_LOOPS));
        }
    }

    public int indexOf(EventLoop loop) {
        return loops.indexOf(loop);
    }

    public List<EventLoop> all() {
        return List.copyOf(loops);
    }
}
