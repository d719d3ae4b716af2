package io.bridgehead.broker.model;

import java.security.SecureRandom;

/**
 * One life of a node: a random number drawn at each start, so that what an earlier life left behind (rows, frames,
 * session ids) is told apart from what this one made. Immutable, any thread.
 */
public record Incarnation(long number) {

    public static Incarnation random(SecureRandom random) {
        return new Incarnation(random.nextLong());
    }

    @Override
    public String toString() {
        return Long.toHexString(number);
    }
}
