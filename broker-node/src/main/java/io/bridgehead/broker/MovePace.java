package io.bridgehead.broker;

/**
 * How fast a drain asks users to move: evenly over the time that is left, at least one and at most
 * {@value #MOST} a second, so that they do not all register elsewhere at once. Immutable, any thread.
 *
 * @param at when {@code credit} was right, in nanoseconds
 * @param credit how many may be asked
 */
record MovePace(long at, double credit) {

    /** What the other nodes take of a storm without making anybody wait. */
    static final int MOST = 500;

    /** A few users do not have to make the drain last. */
    private static final int LEAST = 1;

    private static final double NANOS = 1e9;

    /** No more at once than in a step of this length, however late it comes. */
    private static final double STEP_SECONDS = NodeLife.STEP.toNanos() / NANOS;

    /** The first user may be asked at once. */
    static MovePace from(long now) {
        return new MovePace(now, 1);
    }

    /** The pace at {@code now}, with {@code waiting} users to be asked before {@code deadline}. */
    MovePace at(long now, long deadline, int waiting) {
        double left = Math.max(STEP_SECONDS, (deadline - now) / NANOS - STEP_SECONDS);
        double rate = Math.clamp(waiting / left, LEAST, MOST);
        double saved = credit + rate * (now - at) / NANOS;
        return new MovePace(now, Math.min(saved, waiting == 0 ? 1 : MOST * STEP_SECONDS));
    }

    /** How many of {@code waiting} may be asked now. */
    int allowed(int waiting) {
        return Math.min(waiting, (int) credit);
    }

    MovePace asked(int users) {
        return new MovePace(at, credit - users);
    }
}
