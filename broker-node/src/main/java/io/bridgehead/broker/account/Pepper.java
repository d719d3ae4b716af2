package io.bridgehead.broker.account;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A secret that is mixed into every PIN hash and kept beside the database, not in it. When it is lost or changed, no
 * PIN is right any more. Never printed; immutable, any thread.
 */
public final class Pepper {

    private static final int MIN_BYTES = 16;

    private final byte[] bytes;

    public Pepper(byte[] bytes) {
        if (bytes.length < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "pepper: %d bytes (expected: at least %d)".formatted(bytes.length, MIN_BYTES));
        }
        this.bytes = bytes.clone();
    }

    /** Reads the file, without a line end at its end. Blocks; throws {@link UncheckedIOException}. */
    public static Pepper read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException refused) {
            throw new UncheckedIOException("pepper file %s: cannot be read (%s)".formatted(file, refused), refused);
        }
        int length = content.length;
        while (length > 0 && (content[length - 1] == '\n' || content[length - 1] == '\r')) {
            length--;
        }
        return new Pepper(Arrays.copyOf(content, length));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "Pepper";
    }
}
