package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as people write them: {@code 500ms 25s 3m 1h 2d} and {@code 1024 64KiB 10MiB 1GiB}. */
public final class Quantity {

    private static final Pattern TIME = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})(?:B|(K|M|G|T)iB)?");
    private static final List<String> POWERS_OF_1024 = List.of("K", "M", "G", "T");

    private Quantity() {}

    /** The time, or empty when {@code text} is none. */
    public static Optional<Duration> time(String text) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
    }

    /** The bytes, or empty when {@code text} is no size below 8 EiB. */
    static Optional<Long> bytes(String text) {
        Matcher parts = SIZE.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.group(1));
        int shift = parts.group(2) == null ? 0 : 10 * (POWERS_OF_1024.indexOf(parts.group(2)) + 1);
        return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
    }

    /** The shortest way to write the time. */
    static String of(Duration time) {
        long millis = time.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }

    /** The shortest way to write the size. */
    static String of(long bytes) {
        int power = 0;
        while (power < POWERS_OF_1024.size() && bytes != 0 && bytes % 1024 == 0) {
            bytes /= 1024;
            power++;
        }
        return power == 0 ? Long.toString(bytes) : bytes + POWERS_OF_1024.get(power - 1) + "iB";
    }
}
