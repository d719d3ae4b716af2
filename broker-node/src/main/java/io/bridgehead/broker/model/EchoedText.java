package io.bridgehead.broker.model;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;

/**
 * The rule for every text that is ever echoed to somebody else: ids, nicknames, ban reasons.
 *
 * <p>Such a text is valid Unicode in NFC, without control, format (bidirectional, zero-width), private use, line or
 * paragraph separator characters and without default ignorable ones (variation selectors, fillers, tags), so that it
 * can never grow into a second protocol line or disguise itself. The database's CHECK constraints say the same, and a test
 * compares the two over all of Unicode. Any thread.
 * Source: {@code protocols.md} §1 "Decisions", {@code reliability.md} §3 line 9; Unicode, DerivedCoreProperties,
 * Default_Ignorable_Code_Point.
 */
final class EchoedText {

    private EchoedText() {}

    /** What is wrong with {@code text}, or empty when it may be echoed. {@code maxBytes} counts UTF-8 bytes. */
    static Optional<String> problemIn(String text, int maxBytes) {
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            if (isForbidden(point)) {
                return Optional.of("has the forbidden character U+%04X".formatted(point));
            }
            bytes += utf8Length(point);
            at += Character.charCount(point);
        }
        if (bytes > maxBytes) {
            return Optional.of("has %d bytes (expected: at most %d)".formatted(bytes, maxBytes));
        }
        if (bytes > text.length() && !Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
            return Optional.of("is not in Unicode normal form NFC");
        }
        return Optional.empty();
    }

    /** The same for a name, which besides has no {@code ;}, no {@code =} and no space. */
    static Optional<String> problemInName(String text, int minLength, int maxBytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length < minLength) {
            return Optional.of("is shorter than %d characters".formatted(minLength));
        }
        Optional<Integer> separator = text.codePoints().filter(EchoedText::isSeparator).boxed().findFirst();
        if (separator.isPresent()) {
            return Optional.of("has the forbidden character U+%04X".formatted(separator.get()));
        }
        return problemIn(text, maxBytes);
    }

    private static boolean isSeparator(int point) {
        return point == ';' || point == '=' || Character.isSpaceChar(point);
    }

    private static boolean isForbidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> isInvisible(point);
        };
    }

    /** What Unicode calls default ignorable, beyond the types above: shown as nothing, two names with it look alike. */
    private static boolean isInvisible(int point) {
        return point == 0x034F // grapheme joiner
                || isIn(point, 0x115F, 0x1160) // Hangul fillers
                || isIn(point, 0x17B4, 0x17B5) // Khmer vowels that are not written
                || isIn(point, 0x180B, 0x180F) // Mongolian variation selectors
                || point == 0x2065
                || point == 0x3164 // Hangul fillers again
                || point == 0xFFA0
                || isIn(point, 0xFE00, 0xFE0F) // variation selectors, the emoji presentation's among them
                || isIn(point, 0xFFF0, 0xFFFB)
                || isIn(point, 0xE0000, 0xE0FFF); // tags, and more variation selectors
    }

    private static boolean isIn(int point, int first, int last) {
        return first <= point && point <= last;
    }

    private static int utf8Length(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
}
