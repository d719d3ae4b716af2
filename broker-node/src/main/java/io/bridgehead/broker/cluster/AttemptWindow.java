package io.bridgehead.broker.cluster;

/**
 * How many attempts were taken in the window that began at {@code startMillis}, in the cluster's time. After the window
 * all attempts are there again. Immutable.
 */
record AttemptWindow(long startMillis, int used) {

    /** A window far ahead was begun before a clock stepped back: it does not count either. */
    boolean covers(long nowMillis, long lengthMillis) {
        return Math.abs(nowMillis - startMillis) < lengthMillis;
    }

    AttemptWindow withUsed(int number) {
        return new AttemptWindow(startMillis, number);
    }
}
