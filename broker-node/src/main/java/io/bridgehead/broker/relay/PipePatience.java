package io.bridgehead.broker.relay;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How long a pipe may be silent: the idle timer and that of half a close run on while something moves. One event loop. */
final class PipePatience {

    /** A timer that runs. @param moves as many there had been when it began */
    private record Run(Duration limit, long moves) {}

    private final Map<RelayTimer, Run> runs = new EnumMap<>(RelayTimer.class);
    private long moves;

    /** The timer begins to run. */
    void started(RelayTimer timer, Duration limit) {
        if (timer == RelayTimer.IDLE || timer == RelayTimer.HALF_CLOSE) {
            runs.put(timer, new Run(limit, moves));
        }
    }

    /** Bytes came from or went to the peer, or may do so again. */
    void moved() {
        moves++;
    }

    /**
     * For how long a timer that has run out is to run again; null: it is over.
     *
     * @param backlog whether bytes wait for a slow reader, who is not a silent one: {@code bridge.stall-timeout} ends those
     */
    Duration again(RelayTimer timer, boolean backlog) {
        Run run = runs.get(timer);
        return run != null && (run.moves() != moves || backlog) ? run.limit() : null;
    }
}
