package io.bridgehead.broker.listener;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Has a thread that computes hand-shakes rest when it was held up: the cores are wanted by more than there are, event
 * loops among them, whose bridges would wait in the same line (ADR 0014). With a core to itself it never rests.
 */
final class HandshakeRest {

    /** Found by drill F21. */
    private static final int TIMES = 60;

    /** A thread that is held up each time still computes some thirty hand-shakes a second, and more when many wait. */
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    /** All rests together that somebody waits for who comes last in line. */
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(40);

    /** An interrupt, or a page that had to be fetched. */
    private static final long NOISE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean KNOWN =
            THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

    private HandshakeRest() {}

    /**
     * Computes on this thread, and then rests on it if that took longer than its processor time.
     *
     * @param line how many hand-shakes this thread has before it; asked behind the computation
     */
    static void after(Runnable computation, IntSupplier line) {
        long beganNanos = System.nanoTime();
        long cpuNanos = cpuNanos();
        computation.run();
        long held = System.nanoTime() - beganNanos - (cpuNanos() - cpuNanos);
        if (KNOWN && held > NOISE_NANOS) {
            LockSupport.parkNanos(nanos(held, line.getAsInt()));
        }
    }

    /** @param heldNanos time without a core, {@code line} as above */
    static long nanos(long heldNanos, int line) {
        return Math.min(heldNanos * TIMES, Math.min(LONGEST_NANOS, LINE_NANOS / (line + 1)));
    }

    private static long cpuNanos() {
        return KNOWN ? THREADS.getCurrentThreadCpuTime() : 0;
    }
}
