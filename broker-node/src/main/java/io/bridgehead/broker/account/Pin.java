package io.bridgehead.broker.account;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A PIN: 1 to 64 UTF-8 bytes, no control characters, no {@code ;} (it ends the argument on the line protocol). A
 * secret: never printed, not comparable; immutable, any thread.
 */
public final class Pin {

    public static final int MAX_BYTES = 64;

    private final byte[] bytes;

    private Pin(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The PIN, or empty when {@code text} cannot be one. */
    public static Optional<Pin> parse(String text) {
        return problemIn(text).isPresent()
                ? Optional.empty()
                : Optional.of(new Pin(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Why {@code text} is no PIN, ready to stand behind the word "pin"; does not repeat the text. */
    public static Optional<String> problemIn(String text) {
        boolean forbidden = text.codePoints().anyMatch(Pin::isForbidden);
        if (forbidden) {
            return Optional.of("has a forbidden character (expected: no control characters, no ';')");
        }
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return length >= 1 && length <= MAX_BYTES
                ? Optional.empty()
                : Optional.of("has %d bytes (expected: 1..%d)".formatted(length, MAX_BYTES));
    }

    private static boolean isForbidden(int point) {
        int type = Character.getType(point);
        return point == ';' || type == Character.CONTROL || type == Character.SURROGATE;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "Pin";
    }
}
