package io.bridgehead.broker.config;

import java.util.Optional;

/** Something that stops the start, told in one line. Immutable, any thread. */
public sealed interface ConfigProblem {

    /** The line for the operator: no line end, no control characters, no secrets. */
    String line();

    /**
     * A key that has a value it must not have.
     *
     * @param origin where the value was found, e.g. {@code bridgehead.yaml line 12}; empty for a default
     */
    record BadValue(String key, String value, String expected, String origin) implements ConfigProblem {

        @Override
        public String line() {
            String where = origin.isEmpty() ? "" : ", " + origin;
            return printable(key + ": " + value + " (expected: " + expected + ")" + where);
        }
    }

    /** A key that means nothing, with the key that was probably meant. */
    record UnknownKey(String key, Optional<String> meant, String origin) implements ConfigProblem {

        @Override
        public String line() {
            String hint = meant.map(name -> " (did you mean " + name + "?)").orElse("");
            return printable(key + ": unknown key" + hint + ", " + origin);
        }
    }

    /** A file that cannot be read or understood; {@code atLine} is 0 when it is about the whole of it. */
    record BadFile(String file, int atLine, String reason) implements ConfigProblem {

        @Override
        public String line() {
            return printable(file + (atLine > 0 ? " line " + atLine : "") + ": " + reason);
        }
    }

    private static String printable(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.chars().forEach(unit -> {
            if (Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029) {
                line.append("\\u%04X".formatted(unit));
            } else {
                line.append((char) unit);
            }
        });
        return line.toString();
    }
}
