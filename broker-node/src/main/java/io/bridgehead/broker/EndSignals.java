package io.bridgehead.broker;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** SIGTERM and SIGINT: the first one asks the process to end, a second one ends it at once with 143. */
final class EndSignals {

    private static final Logger LOG = LoggerFactory.getLogger(EndSignals.class);

    /** What a shell reports of a process that SIGTERM ended. */
    private static final int ENDED_BY_SIGTERM = 143;

    private EndSignals() {}

    /** @param asked on a thread of its own; must not block */
    static void onFirst(Runnable asked) {
        AtomicInteger signals = new AtomicInteger();
        for (String name : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> {
                if (signals.incrementAndGet() > 1) {
                    LOG.warn("second {}: stopping at once", signal);
                    Runtime.getRuntime().halt(ENDED_BY_SIGTERM);
                }
                asked.run();
            });
        }
    }
}
