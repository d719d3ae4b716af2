package io.bridgehead.broker.faults;

import java.nio.charset.StandardCharsets;

/**
 * The bytes of one direction of one bridge: every position has its one right byte, so a lost, doubled, foreign or
 * reordered one shows. Lines of 64 bytes with their number and a hash of it, never with a {@code ;}. Immutable.
 */
final class NumberedBytes {

    private static final int LINE = 64;

    private final long seed;

    NumberedBytes(long bridge, boolean byCaller) {
        this.seed = mix(2 * bridge + (byCaller ? 1 : 0));
    }

    /** The bytes from this position on. */
    byte[] from(long position, int length) {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            byte[] line = line((position + at) / LINE);
            int offset = (int) ((position + at) % LINE);
            int count = Math.min(LINE - offset, length - at);
            System.arraycopy(line, offset, bytes, at, count);
            at += count;
        }
        return bytes;
    }

    /** Index of the first byte that is not the one of its position; -1 when all are. */
    int firstWrong(long position, byte[] bytes, int offset, int length) {
        byte[] right = from(position, length);
        for (int i = 0; i < length; i++) {
            if (right[i] != bytes[offset + i]) {
                return i;
            }
        }
        return -1;
    }

    private byte[] line(long number) {
        long a = mix(seed ^ number);
        return "%016x %016x %016x %08x end\n"
                .formatted(number, a, mix(a), (int) mix(a + 1))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** SplitMix64's finish. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
