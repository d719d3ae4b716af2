package io.bridgehead.broker.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the configuration together: {@code --set} over environment over file over defaults. Anything unknown or bad
 * stops it with a {@link ConfigException} that tells all of it. Blocks on files; one thread.
 */
public final class ConfigLoader {

    private final Optional<Path> file;
    private final Map<String, String> environment;
    private final List<String> sets;

    /**
     * @param file the YAML file, if any
     * @param environment as {@link System#getenv()}
     * @param sets {@code key=value} each, the last of a key counts
     */
    public ConfigLoader(Optional<Path> file, Map<String, String> environment, List<String> sets) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.sets = List.copyOf(sets);
    }

    /** For a node: everything is checked, also against the files of this machine. */
    public BrokerConfig load() {
        return read(true);
    }

    /** For a command that talks to a node: files that only the node may read are left alone. */
    public BrokerConfig loadForClient() {
        return read(false);
    }

    /** Every key there is with its name in the file, in the order of the sections; plans by their built-in name. */
    static Set<String> knownKeys() {
        Settings settings = new Settings(new Layers(Map.of(), Map.of(), Optional.empty()));
        new Sections(settings, "node", false).all(StoreSection.read(settings, false));
        return settings.known();
    }

    private BrokerConfig read(boolean forNode) {
        List<ConfigProblem> problems = new ArrayList<>();
        Map<String, String> fromSets = fromSets(problems);
        Optional<YamlFile> yaml = file.map(YamlFile::read);
        yaml.ifPresent(source -> problems.addAll(source.problems()));
        Layers layers = new Layers(fromSets, environment, yaml);
        Settings settings = new Settings(layers);
        BrokerConfig config = new Sections(settings, hostName(), forNode).all(StoreSection.read(settings, forNode));
        if (forNode) {
            new ConfigChecks(settings, config).run();
        }
        problems.addAll(layers.unknown(settings.known()));
        oneOf("BRIDGEHEAD_LOG", List.of("text", "json"), problems);
        oneOf("BRIDGEHEAD_LOG_LEVEL", List.of("trace", "debug", "info", "warn", "error"), problems);
        problems.addAll(settings.problems());
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    private Map<String, String> fromSets(List<ConfigProblem> problems) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String set : sets) {
            int equals = set.indexOf('=');
            String key = equals < 0 ? set.strip() : set.substring(0, equals).strip();
            if (StoreSection.SECRETS.contains(key) || SignallingSection.SECRETS.contains(key)) {
                problems.add(new ConfigProblem.BadValue(
                        key,
                        "(not shown)",
                        "not on the command line, which every user of this machine can read;"
                                + " use the file, " + EnvironmentNames.of(key) + " or " + key + "-file",
                        "--set"));
            } else if (equals < 1) {
                problems.add(new ConfigProblem.BadValue("--set", set, "key=value", ""));
            } else {
                values.put(key, set.substring(equals + 1));
            }
        }
        return values;
    }

    /** The log reads these by itself; a value it does not know would silence it. */
    private void oneOf(String variable, List<String> values, List<ConfigProblem> problems) {
        String value = environment.getOrDefault(variable, "");
        if (!value.isEmpty() && !values.contains(value)) {
            problems.add(new ConfigProblem.BadValue(variable, value, String.join(" or ", values), "environment"));
        }
    }

    /** As {@code NodeId} allows it; "node" when the host has no usable name. */
    private String hostName() {
        String name = Optional.ofNullable(environment.get("HOSTNAME")).orElseGet(ConfigLoader::lookedUp);
        return name.matches("[A-Za-z0-9._-]{1,63}") ? name : "node";
    }

    private static String lookedUp() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "node";
        }
    }
}
