package io.bridgehead.broker;

/**
 * The JVM's pool for what has no thread of its own, such as an answer of Hazelcast. With two cores or fewer the JDK gives
 * it one thread; Hazelcast then takes none of it, and starts a thread of its own for every single answer.
 */
final class CommonPool {

    private static final String THREADS = "java.util.concurrent.ForkJoinPool.common.parallelism";

    private static final int ENOUGH = 2;

    private CommonPool() {}

    /** Before anything uses the pool; what the operator has set by {@code -D} stays. */
    static void haveTwoThreads() {
        // one core is left to whoever asks
        if (System.getProperty(THREADS) == null && Runtime.getRuntime().availableProcessors() - 1 < ENOUGH) {
            System.setProperty(THREADS, Integer.toString(ENOUGH));
        }
    }
}
