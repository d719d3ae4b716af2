package io.bridgehead.broker.wire;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Looks for two bytes in a row, as a line end and what may begin a command. Pure; any thread that owns the buffer.
 *
 * <p>A block is judged as a whole, eight bytes at a time and without a branch, so that the compiler makes vector
 * instructions of it: bridged bytes hardly ever hold the pair, and each of them passes through here.
 */
public final class PairSearch {

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int BLOCK = 512;

    private final byte first;
    private final byte second;
    private final long firsts;
    private final long seconds;

    public PairSearch(char first, char second) {
        this.first = (byte) first;
        this.second = (byte) second;
        this.firsts = ONES * (first & 0xff);
        this.seconds = ONES * (second & 0xff);
    }

    /** Index of the first of the two bytes, both within {@code from} (inclusive) to {@code to} (exclusive); -1: none. */
    public int indexIn(ByteBuf bytes, int from, int to) {
        if (to - from < 2) {
            return -1;
        }
        if (bytes.nioBufferCount() != 1) {
            return inPieces(bytes, from, to);
        }
        ByteBuffer view = bytes.internalNioBuffer(from, to - from);
        int offset = from - view.position();
        int found = inView(view, view.position(), view.limit());
        return found < 0 ? -1 : found + offset;
    }

    private int inView(ByteBuffer view, int from, int to) {
        int at = from;
        // a word and the word one byte further on: the last of them ends one byte behind the block
        while (at + BLOCK < to && matches(view, at, firsts, seconds) == 0) {
            at += BLOCK;
        }
        for (; at + Long.BYTES < to; at += Long.BYTES) {
            long match = match(view, at, firsts, seconds);
            if (match != 0) {
                return at + Long.numberOfTrailingZeros(match) / Byte.SIZE;
            }
        }
        for (; at + 1 < to; at++) {
            if (view.get(at) == first && view.get(at + 1) == second) {
                return at;
            }
        }
        return -1;
    }

    /** Not 0: the pair begins in the block at {@code at}. By itself, since only such a loop becomes vector code. */
    private static long matches(ByteBuffer view, int at, long firsts, long seconds) {
        long found = 0;
        for (int i = 0; i < BLOCK; i += Long.BYTES) {
            found |= match(view, at + i, firsts, seconds);
        }
        return found;
    }

    /** The lowest bit that is set lies in the byte of the eight at {@code at} where the pair begins; 0: none does. */
    private static long match(ByteBuffer view, int at, long firsts, long seconds) {
        long differs = ((long) LONGS.get(view, at) ^ firsts) | ((long) LONGS.get(view, at + 1) ^ seconds);
        return (differs - ONES) & ~differs & HIGH_BITS;
    }

    /** A buffer of several parts, as of a message in fragments. */
    private int inPieces(ByteBuf bytes, int from, int to) {
        for (int at = from; at + 1 < to; at++) {
            if (bytes.getByte(at) == first && bytes.getByte(at + 1) == second) {
                return at;
            }
        }
        return -1;
    }
}
