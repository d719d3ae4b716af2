package io.bridgehead.broker.account;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database again and again whether it answers, and tells its outages: one WARN when it stops, one INFO when it
 * is back. Nobody is refused because of it. Any thread; one question at a time, on the store's own threads.
 */
public final class StoreWatch implements AutoCloseable {

    /** Between an answer and the next question, unless a test wants less. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    /** No answer for so long is none. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

    private final AccountStore store;
    private final ScheduledExecutorService timer;
    private final Duration interval;
    private volatile boolean up = true;
    private volatile boolean closed;

    public StoreWatch(AccountStore store, ScheduledExecutorService timer, Duration interval) {
        this.store = store;
        this.timer = timer;
        this.interval = interval;
    }

    /** Begins to ask. The database counts as up until it was asked. */
    public void start() {
        ask();
    }

    /** Whether it answered last. */
    public boolean isUp() {
        return up;
    }

    private void ask() {
        store.ping()
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(answered -> wentUp(), this::wentDown)
                .onComplete(done -> later());
    }

    private void wentUp() {
        if (!up) {
            LOG.info("account store: well again");
        }
        up = true;
    }

    private void wentDown(Throwable failure) {
        if (up && !closed) {
            LOG.atWarn()
                    .addKeyValue("reason", failure.getMessage())
                    .log("account store: does not answer; known accounts get in, others are asked to try again");
        }
        up = false;
    }

    private void later() {
        if (closed) {
            return;
        }
        try {
            timer.schedule(this::ask, interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("account store: its watch's timer has stopped");
        }
    }

    /** No further questions. */
    @Override
    public void close() {
        closed = true;
    }
}
