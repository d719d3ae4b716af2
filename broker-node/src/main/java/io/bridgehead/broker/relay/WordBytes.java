package io.bridgehead.broker.relay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.Optional;

/**
 * What the room's nodes say to each other, as bytes: {@code version, type, fields}; texts as {@code length (2 bytes),
 * UTF-8}. In memory only; any thread.
 */
final class WordBytes {

    private static final byte VERSION = 1;

    /** Writes type and fields. */
    interface Writing {

        void to(DataOutputStream out) throws IOException;
    }

    /** Reads type and fields; empty: a type that it does not know. */
    interface Reading<W> {

        Optional<W> from(DataInputStream in) throws IOException;
    }

    private WordBytes() {}

    static byte[] write(Writing word) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(VERSION);
            word.to(out);
        } catch (IOException inMemoryThereIsNone) {
            throw new UncheckedIOException(inMemoryThereIsNone);
        }
        return bytes.toByteArray();
    }

    /** Empty: not understood. A newer version may say it. */
    static <W> Optional<W> read(byte[] bytes, Reading<W> word) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return in.readByte() == VERSION ? word.from(in) : Optional.empty();
        } catch (IOException | IllegalArgumentException | DateTimeException malformed) {
            return Optional.empty();
        }
    }
}
