package io.bridgehead.broker.config;

import io.bridgehead.broker.config.Layers.Found;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads keys as what they must be. A bad value is noted and the default taken, so that one start tells all
 * problems. Whatever is asked for is a known key: there is no other list of them. One thread.
 */
final class Settings {

    private static final String LIST = "host:port, several separated by commas, port 0..65535";

    private final Layers layers;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();

    Settings(Layers layers) {
        this.layers = layers;
    }

    List<ConfigProblem> problems() {
        return problems;
    }

    Set<String> known() {
        return known;
    }

    /** The value and its origin, if somebody set the key. */
    Optional<Found> find(String key) {
        known.add(key);
        return layers.find(key);
    }

    /** The names between {@code prefix} and one of the {@code leaves}. */
    Set<String> names(String prefix, Set<String> leaves) {
        return layers.namesBetween(prefix, leaves);
    }

    void refuse(String key, Found found, String expected) {
        problems.add(new ConfigProblem.BadValue(key, found.text(), expected, found.origin()));
    }

    /** What {@code parse} makes of the value; empty from it means a bad one. */
    <T> T value(String key, String fallback, String expected, Function<String, Optional<T>> parse) {
        Optional<Found> found = find(key);
        T standard = parse.apply(fallback)
                .orElseThrow(() -> new IllegalStateException(key + ": default " + fallback + " is not " + expected));
        return found.map(value -> parse.apply(value.text().strip()).orElseGet(() -> {
                    refuse(key, value, expected);
                    return standard;
                }))
                .orElse(standard);
    }

    /** One line of text, of at most {@code maxLength} characters, without control characters. */
    String text(String key, String fallback, int maxLength) {
        return value(key, fallback, "at most " + maxLength + " printable characters", text -> Optional.of(text)
                .filter(line -> line.length() <= maxLength && line.chars().noneMatch(Character::isISOControl)));
    }

    int integer(String key, int fallback, int min, int max) {
        return value(key, Integer.toString(fallback), min + ".." + max, text -> Optional.of(text)
                        .filter(digits -> digits.matches("\\d{1,10}"))
                        .map(Long::valueOf)
                        .filter(number -> number >= min && number <= max))
                .intValue();
    }

    boolean flag(String key, boolean fallback) {
        return value(key, Boolean.toString(fallback), "true or false", text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    Duration time(String key, String fallback, String min, String max) {
        Duration least = Quantity.time(min).orElseThrow();
        Duration most = Quantity.time(max).orElseThrow();
        String expected = "a time like 500ms, 25s, 3m, 1h in " + min + ".." + max;
        return value(key, fallback, expected, text -> Quantity.time(text)
                .filter(time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0));
    }

    long bytes(String key, long fallback, long min, long max) {
        String range = Quantity.of(min) + ".." + (max == Long.MAX_VALUE ? "" : Quantity.of(max));
        return value(key, Long.toString(fallback), "bytes like 65536, 64KiB, 10MiB in " + range, text ->
                Quantity.bytes(text).filter(size -> size >= min && size <= max));
    }

    /** A path; empty text is the empty path. */
    Path path(String key, String fallback) {
        return value(key, fallback, "a path", text -> Optional.of(text)
                .filter(path -> path.chars().noneMatch(Character::isISOControl))
                .map(Path::of));
    }

    <E extends Enum<E>> E oneOf(String key, E fallback, Class<E> type) {
        List<String> names = Arrays.stream(type.getEnumConstants()).map(Settings::spelt).toList();
        return value(key, spelt(fallback), String.join(" or ", names), text ->
                Arrays.stream(type.getEnumConstants()).filter(each -> spelt(each).equals(text)).findFirst());
    }

    List<Endpoint> endpoints(String key, String fallback) {
        return value(key, fallback, LIST, EndpointText::list);
    }

    /** As {@link #endpoints}, for a key this version has no room for: it must be empty. */
    List<Endpoint> noEndpoints(String key, String why) {
        absent(key, why);
        return List.of();
    }

    /** Refuses any value of a key this version has no room for. */
    String absent(String key, String why) {
        find(key).filter(found -> !found.text().isBlank()).ifPresent(found -> refuse(key, found, "empty; " + why));
        return "";
    }

    List<String> texts(String key, String expected, Function<String, Boolean> accepted) {
        return value(key, "", expected, text -> Optional.of(EndpointText.items(text))
                .filter(items -> items.stream().allMatch(accepted::apply)));
    }

    private static String spelt(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
