package io.bridgehead.broker.listener;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

/**
 * The timers of one session; its thread only. A session without a running timer keeps nothing.
 *
 * @param <T> the room's timers
 */
public final class SessionTimers<T extends Enum<T>> {

    private final Class<T> timers;
    private final SessionThread thread;
    private final Consumer<T> ranOut;
    private Map<T, ScheduledFuture<?>> running;

    public SessionTimers(Class<T> timers, SessionThread thread, Consumer<T> ranOut) {
        this.timers = timers;
        this.thread = thread;
        this.ranOut = ranOut;
    }

    /** Starts it; one that runs starts afresh. */
    public void start(T timer, Duration after) {
        stop(timer);
        if (running == null) {
            running = new EnumMap<>(timers);
        }
        running.put(timer, thread.schedule(() -> ranOut(timer), after.toMillis()));
    }

    private void ranOut(T timer) {
        // it may have been stopped when it was on its way from one event loop to the other
        if (running != null && running.containsKey(timer)) {
            stop(timer);
            ranOut.accept(timer);
        }
    }

    public void stop(T timer) {
        if (running == null) {
            return;
        }
        ScheduledFuture<?> stopped = running.remove(timer);
        if (stopped != null) {
            stopped.cancel(false);
        }
        if (running.isEmpty()) {
            running = null;
        }
    }

    public void stopAll() {
        if (running != null) {
            running.values().forEach(timer -> timer.cancel(false));
            running = null;
        }
    }
}
