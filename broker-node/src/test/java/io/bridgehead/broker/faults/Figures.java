package io.bridgehead.broker.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeMap;

/**
 * What the rows measured, a line each such as {@code F1 told 0.41 s (expected <= 2 s)}: printed, and kept in
 * {@code target/faults.txt}, where a later run of the same row takes the earlier one's place.
 */
final class Figures {

    private static final Path FILE = Path.of("target", "faults.txt");

    private Figures() {}

    static void atMost(String row, String what, Duration measured, Duration limit) {
        put(row, what, "%.2f s (expected <= %.0f s)"
                .formatted(measured.toMillis() / 1000.0, limit.toMillis() / 1000.0));
    }

    static void atMost(String row, String what, double measured, String unit, double limit) {
        put(row, what, "%s %s (expected <= %s %s)".formatted(number(measured), unit, number(limit), unit));
    }

    /** {@code measured} of {@code all}. */
    static void count(String row, String what, long measured, long expected) {
        put(row, what, "%d (expected %d)".formatted(measured, expected));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? "%.0f".formatted(value) : "%.2f".formatted(value);
    }

    private static synchronized void put(String row, String what, String text) {
        System.out.println(row + " " + what + " " + text);
        try {
            TreeMap<String, String> lines = new TreeMap<>();
            if (Files.exists(FILE)) {
                Files.readAllLines(FILE).forEach(line -> lines.put(key(line), line));
            }
            String line = row + " " + what + " " + text;
            lines.put(key(line), line);
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, lines.values());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** What is before the first number: how many there were may differ from run to run. */
    private static String key(String line) {
        return line.replaceAll(" [0-9.]+ .*", "");
    }
}
