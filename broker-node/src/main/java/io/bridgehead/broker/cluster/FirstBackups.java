package io.bridgehead.broker.cluster;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether every row has been held twice since this node joined. Until then another node that goes may take rows with it,
 * so a rolling restart must not stop the next one. Once it was so it stays so: whoever joins or leaves later has rows
 * moved again, and that is no reason to take clients from a node that serves. Any thread may ask.
 */
final class FirstBackups implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FirstBackups.class);

    private static final Duration PERIOD = Duration.ofMillis(100);

    /** Rows move in seconds: after this something else is wrong, and a node that serves is better. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of its own: the question goes to every member, and blocks. */
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("first-backups").daemon().factory());

    private final BooleanSupplier allHeldTwice;
    private final Duration patience;
    private volatile boolean done;

    /** @param allHeldTwice whether it is so now; may block and may throw */
    FirstBackups(BooleanSupplier allHeldTwice, Duration patience) {
        this.allHeldTwice = allHeldTwice;
        this.patience = patience;
    }

    /** Begins to look. */
    void start() {
        long start = System.nanoTime();
        thread.scheduleWithFixedDelay(
                () -> look(Duration.ofNanos(System.nanoTime() - start)), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look(Duration waited) {
        if (isSo()) {
            end();
        } else if (waited.compareTo(patience) >= 0) {
            LOG.warn("some rows are held once only, {} after this node joined; it takes clients now", waited);
            end();
        }
    }

    private boolean isSo() {
        try {
            return allHeldTwice.getAsBoolean();
        } catch (RuntimeException unknown) {
            // such as when a member leaves meanwhile
            LOG.debug("whether all rows are held twice: {}", unknown.toString());
            return false;
        }
    }

    private void end() {
        done = true;
        thread.shutdown();
    }

    /** True from the first time it was so, or after so long a time that it is not waited for any more. */
    boolean areThere() {
        return done;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
