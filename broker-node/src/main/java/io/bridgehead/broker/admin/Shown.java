package io.bridgehead.broker.admin;

/** A client's text as it may stand in an answer or a log: short, and without anything that acts. Any thread. */
final class Shown {

    private static final int MAX_CHARACTERS = 80;

    private Shown() {}

    /** {@code text} in quotes, cut at 80 characters, with everything but printable characters as {@code <U+000D>}. */
    static String text(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints().limit(MAX_CHARACTERS).forEach(point -> appendTo(shown, point));
        if (text.codePointCount(0, text.length()) > MAX_CHARACTERS) {
            shown.append('…');
        }
        return shown.append('"').toString();
    }

    /** The same without quotes and cut, for sentences that others have put together. */
    static String sentence(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(point -> appendTo(shown, point));
        return shown.toString();
    }

    private static void appendTo(StringBuilder shown, int point) {
        switch (Character.getType(point)) {
            case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR ->
                shown.append("<U+%04X>".formatted(point));
            default -> shown.appendCodePoint(point);
        }
    }
}
