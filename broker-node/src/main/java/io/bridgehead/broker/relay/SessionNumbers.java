package io.bridgehead.broker.relay;

import io.bridgehead.broker.presence.ServerRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * The numbers of host connections on the wire: 1 to 2³¹-1, and unique in the cluster. Each node has a block of 65,536 for
 * as long as it lives, claimed in the cluster's registry, and gives them out in turn, so that a number comes back only
 * after all others. Any thread.
 */
final class SessionNumbers {

    static final int BLOCK = 1 << 16;

    private static final int BLOCKS = 1 << 15;

    /** A block of a node that is gone is not given out again while the cluster lives: there are enough for years. */
    private static final Duration FOR_GOOD = Duration.ofDays(3650);

    private static final int TRIES = 32;

    /** Of these so many may stay without an answer: while a node joins, rows change their places. */
    private static final int UNANSWERED = 4;

    private final ServerRegistry registry;
    private final IntUnaryOperator random;
    private final BitSet used = new BitSet(BLOCK);
    private int block = -1;
    private int next;

    /** @param random a number from 0 to its argument, that excluded */
    SessionNumbers(ServerRegistry registry, IntUnaryOperator random) {
        this.registry = registry;
        this.random = random;
    }

    /** Claims the node's block. Fails when the registry keeps on not answering. */
    Future<Void> start() {
        return claim(TRIES, UNANSWERED);
    }

    /** What was not answered may have been taken nevertheless: the next try is for another block. */
    private Future<Void> claim(int tries, int unanswered) {
        int wanted = random.applyAsInt(BLOCKS);
        return registry.firstUse("relay-numbers/" + wanted, FOR_GOOD).compose(
                first -> {
                    if (first) {
                        took(wanted);
                        return Future.succeededFuture();
                    }
                    return tries > 1
                            ? claim(tries - 1, unanswered)
                            : Future.failedFuture("relay: no block of session numbers is free (tried " + TRIES + ")");
                },
                silence -> unanswered > 0 ? claim(tries, unanswered - 1) : Future.failedFuture(silence));
    }

    private synchronized void took(int wanted) {
        block = wanted;
        // 0 is no number: a host's library may take it for none
        used.set(0, wanted == 0);
    }

    /** A number that no other connection has; empty: all are in use. */
    synchronized Optional<Integer> take() {
        if (block < 0) {
            return Optional.empty();
        }
        int free = used.nextClearBit(next);
        if (free >= BLOCK) {
            free = used.nextClearBit(0);
        }
        if (free >= BLOCK) {
            return Optional.empty();
        }
        used.set(free);
        next = (free + 1) % BLOCK;
        return Optional.of(block * BLOCK + free);
    }

    synchronized void giveBack(int number) {
        used.clear(number - block * BLOCK);
    }
}
