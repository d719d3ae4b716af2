package io.bridgehead.broker;

/**
 * Where Netty's buffers come from. Its adaptive allocator, the default since 4.2, goes through its chunks from end to end, so
 * that each read lands in memory that is cold; the pooled one gives out again what was given back last (ADR 0036).
 */
final class BufferPool {

    private static final String KIND = "io.netty.allocator.type";

    private static final String POOLED = "pooled";

    private BufferPool() {}

    /** Before anything of Netty is used; what the operator has set by {@code -D} stays. */
    static void givesBackWhatIsWarm() {
        if (System.getProperty(KIND) == null) {
            System.setProperty(KIND, POOLED);
        }
    }
}
