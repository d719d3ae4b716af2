package io.bridgehead.broker.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A read that fills little of the buffer it came in; kept as it is, it would cost many times what it counts. Any thread. */
public final class SmallRead {

    private SmallRead() {}

    /** The same bytes, in a buffer of their size if they fill less than half of theirs; takes over the reference. */
    public static ByteBuf compact(ByteBuf bytes, ByteBufAllocator allocator) {
        if (bytes.readableBytes() >= bytes.capacity() / 2) {
            return bytes;
        }
        ByteBuf fitting = allocator.directBuffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return fitting;
    }
}
