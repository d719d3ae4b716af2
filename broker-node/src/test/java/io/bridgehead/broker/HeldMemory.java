package io.bridgehead.broker;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** What this process holds in memory. */
final class HeldMemory {

    private HeldMemory() {}

    /** Heap after a collection, and the direct buffers outside it, Netty's among them. */
    static long bytes() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long nio = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        // what Netty counts is, depending on the JDK, in the other figure already
        return heap + Math.max(nio, PlatformDependent.usedDirectMemory());
    }
}
