package io.bridgehead.broker;

import io.bridgehead.broker.config.ConfigLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code --config} and {@code --set}, for every command that reads the configuration. */
final class ConfigOptions {

    private final Surroundings surroundings;

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT,
            description = "YAML file; without it: environment and defaults")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", scope = ScopeType.INHERIT,
            description = "one key, over environment and file; repeatable")
    private List<String> sets = new ArrayList<>();

    ConfigOptions(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    ConfigLoader loader() {
        return loaderAround(List.of(), List.of());
    }

    /** @param lower,upper {@code key=value} that stand below and above the user's own {@code --set} */
    ConfigLoader loaderAround(List<String> lower, List<String> upper) {
        List<String> all = new ArrayList<>(lower);
        all.addAll(sets);
        all.addAll(upper);
        return new ConfigLoader(Optional.ofNullable(file), surroundings.environment(), all);
    }

    String describe() {
        return file == null ? "environment and defaults" : file.toString();
    }
}
