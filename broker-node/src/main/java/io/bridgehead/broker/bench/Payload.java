package io.bridgehead.broker.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * The bytes that are sent: one pattern, repeated without end, so that position alone says what must arrive. The period
 * is a prime above 1 MiB: no buffer size divides it, so a lost, doubled or swapped buffer cannot look right. Any
 * thread.
 */
final class Payload {

    /** What the pattern is made of. */
    enum Kind {
        /** Every byte value alike: a line end each 256 bytes, a {@code ;} at a line start each 64 KiB. */
        RANDOM,
        /** Lines of up to 80 characters, each sixteenth looks like a command at first: the scanner's hard case. */
        TEXT,
        /** Nothing to find: the scanner's easy case. */
        ZEROS
    }

    static final int PERIOD = 1_048_583;

    /** Bytes of a round-trip message. */
    static final int MESSAGE = 64;

    /** Passes through a bridge, for command names are lower case; a broker must look at it to know. */
    private static final byte[] LOOKS_LIKE_A_COMMAND = ";GOTO=12,15,40,63\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer pattern;
    private final int longestSlice;

    /** {@code longestSlice}: bytes, the most that is asked for at once. */
    Payload(Kind kind, int longestSlice) {
        byte[] bytes = new byte[PERIOD];
        // a fixed seed: every run sends the same
        Random random = new Random(0xB51D6E);
        switch (kind) {
            case RANDOM -> random.nextBytes(bytes);
            case TEXT -> writeLines(bytes, random);
            case ZEROS -> {}
        }
        if (kind != Kind.ZEROS) {
            System.arraycopy(LOOKS_LIKE_A_COMMAND, 0, bytes, 0, LOOKS_LIKE_A_COMMAND.length);
            bytes[MESSAGE - 1] = '\n';
            keepOutOfCommands(bytes);
        }
        this.longestSlice = Math.max(longestSlice, MESSAGE);
        ByteBuffer repeated = ByteBuffer.allocateDirect(PERIOD + this.longestSlice);
        while (repeated.hasRemaining()) {
            repeated.put(bytes, 0, Math.min(repeated.remaining(), PERIOD));
        }
        this.pattern = repeated.flip().asReadOnlyBuffer();
    }

    /** The {@code length} bytes that start at {@code position} of the endless stream. */
    ByteBuffer slice(long position, int length) {
        if (length > longestSlice) {
            throw new IllegalArgumentException(
                    "slice of %d bytes (expected: up to %d)".formatted(length, longestSlice));
        }
        return pattern.slice((int) (position % PERIOD), length);
    }

    /**
     * The first position from {@code position} on at which a stream may end. A broker has to hold back a {@code ;} at
     * a line start until the next byte shows what it is; a stream that ended there would never arrive.
     */
    long endFrom(long position) {
        long end = position;
        while (end > 0 && slice(end - 1, 1).get(0) == ';') {
            end++;
        }
        return end;
    }

    /** A {@code ;} with a small letter behind it could be the start of a real command: the letter becomes a capital. */
    private static void keepOutOfCommands(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            byte next = bytes[(i + 1) % bytes.length];
            if (bytes[i] == ';' && next >= 'a' && next <= 'z') {
                bytes[(i + 1) % bytes.length] = (byte) Character.toUpperCase(next);
            }
        }
    }

    private static void writeLines(byte[] bytes, Random random) {
        for (int at = 0, line = 0; at < bytes.length; line++) {
            int length = Math.min(20 + random.nextInt(60), bytes.length - at);
            for (int i = 0; i < length - 1; i++) {
                bytes[at + i] = (byte) ('a' + random.nextInt(26));
            }
            bytes[at + length - 1] = '\n';
            if (line % 16 == 0 && length > LOOKS_LIKE_A_COMMAND.length) {
                System.arraycopy(LOOKS_LIKE_A_COMMAND, 0, bytes, at, LOOKS_LIKE_A_COMMAND.length - 1);
            }
            at += length;
        }
    }
}
