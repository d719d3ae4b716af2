package io.bridgehead.broker.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Where values come from, highest first: {@code --set}, environment, file. Values are taken as they stand: nothing
 * in them is expanded, so that a password may contain a dollar sign.
 */
final class Layers {

    private static final String FROM_SET = "--set";
    private static final String FROM_ENVIRONMENT = "environment";

    /** A value and where it was found. */
    record Found(String text, String origin) {}

    private final Map<String, String> sets;
    private final Map<String, String> environment;
    private final Optional<YamlFile> file;
    private final SmallRyeConfig config;

    Layers(Map<String, String> sets, Map<String, String> environment, Optional<YamlFile> file) {
        this.sets = sets;
        this.environment = environment;
        this.file = file;
        List<ConfigSource> sources = new ArrayList<>();
        sources.add(new Layer(FROM_SET, 300, sets, key -> key));
        sources.add(new Layer(FROM_ENVIRONMENT, 200, environment, EnvironmentNames::of));
        file.ifPresent(yaml -> sources.add(new Layer(yaml.name(), 100, yaml.values(), key -> key)));
        this.config = new SmallRyeConfigBuilder().withSources(sources).build();
    }

    Optional<Found> find(String key) {
        ConfigValue value = config.getConfigValue(key);
        return value.getValue() == null
                ? Optional.empty()
                : Optional.of(new Found(value.getValue(), origin(key, value.getConfigSourceName())));
    }

    /** The names between {@code prefix} and one of the {@code leaves}: the plans, say, that are configured. */
    Set<String> namesBetween(String prefix, Set<String> leaves) {
        Set<String> names = new TreeSet<>();
        List<String> keys = new ArrayList<>(sets.keySet());
        file.ifPresent(yaml -> keys.addAll(yaml.values().keySet()));
        for (String key : keys) {
            int dot = key.lastIndexOf('.');
            if (key.startsWith(prefix) && dot > prefix.length() && leaves.contains(key.substring(dot + 1))) {
                names.add(key.substring(prefix.length(), dot));
            }
        }
        for (String leaf : leaves) {
            environment.keySet().stream()
                    .map(variable -> between(variable, EnvironmentNames.of(prefix), EnvironmentNames.of("." + leaf)))
                    .filter(name -> !name.isEmpty() && names.stream().noneMatch(known -> spelt(known).equals(name)))
                    .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList()
                    .forEach(names::add);
        }
        return names;
    }

    /** Every key of {@code --set}, file and environment that is not {@code known}. */
    List<ConfigProblem> unknown(Set<String> known) {
        List<ConfigProblem> problems = new ArrayList<>();
        for (String key : sets.keySet()) {
            if (!known.contains(key)) {
                problems.add(new ConfigProblem.UnknownKey(key, NearestName.of(key, known), FROM_SET));
            }
        }
        Set<String> variables = new TreeSet<>(known.stream().map(EnvironmentNames::of).toList());
        for (String name : new TreeSet<>(environment.keySet())) {
            if (EnvironmentNames.isKey(name, environment) && !variables.contains(name)) {
                problems.add(
                        new ConfigProblem.UnknownKey(name, NearestName.of(name, variables), FROM_ENVIRONMENT));
            }
        }
        file.ifPresent(yaml -> yaml.values().forEach((key, text) -> {
            if (!known.contains(key) && !(text.isEmpty() && isSection(key, known))) {
                problems.add(new ConfigProblem.UnknownKey(key, NearestName.of(key, known), yaml.origin(key)));
            }
        }));
        return problems;
    }

    private String origin(String key, String source) {
        return switch (source) {
            case FROM_SET -> FROM_SET;
            case FROM_ENVIRONMENT -> EnvironmentNames.of(key);
            default -> file.map(yaml -> yaml.origin(key)).orElse(source);
        };
    }

    /** A section all of whose keys are commented out, or an empty map such as {@code handlers: {}}. */
    private static boolean isSection(String key, Set<String> known) {
        return known.stream().anyMatch(name -> name.startsWith(key + "."));
    }

    private static String spelt(String name) {
        return EnvironmentNames.of(name).substring(EnvironmentNames.PREFIX.length());
    }

    private static String between(String variable, String prefix, String suffixWithPrefix) {
        String suffix = suffixWithPrefix.substring(EnvironmentNames.PREFIX.length());
        boolean fits = variable.startsWith(prefix)
                && variable.endsWith(suffix)
                && variable.length() > prefix.length() + suffix.length();
        return fits ? variable.substring(prefix.length(), variable.length() - suffix.length()) : "";
    }

    /** One layer under SmallRye Config, asked by key and never listed. */
    private record Layer(String name, int ordinal, Map<String, String> values, UnaryOperator<String> spelling)
            implements ConfigSource {

        @Override
        public Set<String> getPropertyNames() {
            return Set.of();
        }

        @Override
        public String getValue(String key) {
            return values.get(spelling.apply(key));
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public int getOrdinal() {
            return ordinal;
        }
    }
}
