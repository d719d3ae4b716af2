package io.bridgehead.broker.listener;

import io.bridgehead.broker.session.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

/** The timers of one session; its thread only. A session without a running timer keeps nothing. */
final class SessionTimers {

    private final SessionThread thread;
    private final Consumer<Timer> ranOut;
    private Map<Timer, ScheduledFuture<?>> running;

    SessionTimers(SessionThread thread, Consumer<Timer> ranOut) {
        this.thread = thread;
        this.ranOut = ranOut;
    }

    /** Starts it; one that runs starts afresh. */
    void start(Timer timer, Duration after) {
        stop(timer);
        if (running == null) {
            running = new EnumMap<>(Timer.class);
        }
        running.put(timer, thread.schedule(() -> ranOut(timer), after.toMillis()));
    }

    private void ranOut(Timer timer) {
        // it may have been stopped when it was on its way from one event loop to the other
        if (running != null && running.containsKey(timer)) {
            stop(timer);
            ranOut.accept(timer);
        }
    }

    void stop(Timer timer) {
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

    void stopAll() {
        if (running != null) {
            running.values().forEach(timer -> timer.cancel(false));
            running = null;
        }
    }
}
