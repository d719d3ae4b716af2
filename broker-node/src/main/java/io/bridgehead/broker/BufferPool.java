package io.bridgehead.broker;

/**
 * Which of Netty's allocators buffers come from: the pooled one, not the adaptive one, which is the default since 4.2. Bridges
 * with slow readers hold a quarter less with it (ADR 0036).
 */
final class BufferPool {

    private static final String KIND = "io.netty.allocator.type";

    private static final String POOLED = "pooled";

    private BufferPool() {}

    /** Before anything of Netty is used; what the operator has set by {@code -D} stays. */
    static void isNettysPooledOne() {
        if (System.getProperty(KIND) == null) {
            System.setProperty(KIND, POOLED);
        }
    }
}
