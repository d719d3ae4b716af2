package io.bridgehead.broker.cluster;

import com.hazelcast.core.OperationTimeoutException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often a join is tried that others did not answer: a member that has just gone, or hangs, may hold up the first
 * try. Whatever else it is refused for stays as it is. Blocks between two tries; the thread that joins only.
 *
 * @param most tries in all, at least 1
 * @param pause between two of them
 */
record JoinTries(int most, Duration pause) {

    /**
     * The others must have noticed that this address was left: who comes back at once is met on connections that they
     * still dial to its old life, and close as doubles seconds later.
     */
    static final JoinTries OF_A_NODE = new JoinTries(3, Duration.ofSeconds(2));

    private static final Logger LOG = LoggerFactory.getLogger(JoinTries.class);

    JoinTries {
        if (most < 1 || pause.isNegative()) {
            throw new IllegalArgumentException(
                    "tries to join: %d, %s apart (expected: at least 1, no time below zero)".formatted(most, pause));
        }
    }

    /** @param once joins, or throws {@link ClusterRefused} and leaves nothing behind */
    <T> T join(Supplier<T> once) {
        for (int attempt = 1; attempt < most; attempt++) {
            try {
                return once.get();
            } catch (ClusterRefused refused) {
                if (!(refused.root() instanceof OperationTimeoutException)) {
                    throw refused;
                }
                LOG.warn("{}; tried again", refused.getMessage());
            }
            await();
        }
        return once.get();
    }

    private void await() {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two tries to join", interrupted);
        }
    }
}
