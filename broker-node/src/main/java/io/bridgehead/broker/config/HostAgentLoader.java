package io.bridgehead.broker.config;

import io.bridgehead.broker.config.Layers.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what {@code bridgehead host} is to do, from its options or from a YAML file with several services; whatever is
 * unknown or bad is told in one {@link ConfigException}, by option or key. Reads the files that are named, so it can be
 * asked again for what has changed. Blocks; any thread.
 */
public final class HostAgentLoader {

    /** The token of the one service that the options name. */
    public static final String TOKEN_VARIABLE = "BRIDGEHEAD_HOST_TOKEN";

    private static final String SERVICE = "service";

    /** As the relay allows it. */
    private static final String SERVICE_NAME = "[a-z0-9][a-z0-9-]{0,62}";

    /** Twenty times the seed's: beyond that the relay's limits are met before ours. */
    private static final int MAX_POOL = 10_000;

    private static final int MAX_SERVICES = 256;
    private static final int MAX_TOKEN = 256;
    private static final String CA = "a readable file of PEM certificates";
    private static final Set<String> LEAVES = Set.of("to", "relay", "pool", "token-file");

    private final Optional<Path> file;
    private final Map<String, String> options;
    private final String token;

    private HostAgentLoader(Optional<Path> file, Map<String, String> options, String token) {
        this.file = file;
        this.options = Map.copyOf(options);
        this.token = token;
    }

    /** All is in the file. */
    public static HostAgentLoader of(Path file) {
        return new HostAgentLoader(Optional.of(file), Map.of(), "");
    }

    /**
     * One service, by options.
     *
     * @param options by name without the dashes, those that were given: {@code service}, {@code to}, {@code relay}, ...
     * @param environment as {@link System#getenv()}: may have the token
     */
    public static HostAgentLoader of(Map<String, String> options, Map<String, String> environment) {
        return new HostAgentLoader(Optional.empty(), options, environment.getOrDefault(TOKEN_VARIABLE, ""));
    }

    /** @throws ConfigException with all that is wrong */
    public HostAgentConfig load() {
        Optional<YamlFile> yaml = file.map(YamlFile::read);
        Map<String, String> values = new LinkedHashMap<>();
        options.forEach((option, value) -> values.put(keyOf(option), value));
        Layers layers = new Layers(values, Map.of(), yaml);
        Settings in = new Settings(layers);
        List<ConfigProblem> problems = new ArrayList<>(yaml.map(YamlFile::problems).orElse(List.of()));
        HostAgentConfig config = new HostAgentConfig(
                services(in),
                in.time("drain-time", "25s", "0s", "1h"),
                in.endpoints("metrics.listen", ""));
        problems.addAll(in.problems());
        problems.addAll(layers.unknown(in.known()));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.stream().map(this::named).toList());
        }
        return config;
    }

    private List<HostServiceConfig> services(Settings in) {
        List<RelayAddress> relays = relays(in, "relay", List.of());
        int pool = in.integer("pool", 10, 1, MAX_POOL);
        Optional<HostServiceConfig.Tls> tls = tls(in);
        List<HostServiceConfig> services = new ArrayList<>();
        Set<String> names = file.isPresent() ? in.names("services.", LEAVES) : Set.of(SERVICE);
        if (names.isEmpty() || names.size() > MAX_SERVICES) {
            in.problems().add(new ConfigProblem.BadValue(
                    "services", names.size() + " of them", "1.." + MAX_SERVICES + ", each with \"to: HOST:PORT\"", ""));
        }
        for (String each : names) {
            service(in, each, relays, pool, tls).ifPresent(services::add);
        }
        return services;
    }

    private Optional<HostServiceConfig> service(
            Settings in, String section, List<RelayAddress> relays, int pool, Optional<HostServiceConfig.Tls> tls) {
        String prefix = "services." + section + ".";
        int before = in.problems().size();
        String name = file.isPresent() ? section : in.text("services.service.name", "", 128);
        if (!name.matches(SERVICE_NAME)) {
            in.problems().add(new ConfigProblem.BadValue(
                    file.isPresent() ? "services" : prefix + "name",
                    name,
                    "a service's name: 1..63 lower-case letters, digits and '-', a letter or digit first",
                    ""));
        }
        Optional<Endpoint> to = target(in, prefix + "to");
        List<RelayAddress> own = relays(in, prefix + "relay", relays);
        if (own.isEmpty() && in.find("relay").isEmpty() && in.find(prefix + "relay").isEmpty()) {
            in.problems().add(new ConfigProblem.BadValue("relay", "none", RelayAddress.EXPECTED, ""));
        }
        int size = in.integer(prefix + "pool", pool, 1, MAX_POOL);
        Secret secret = token(in, prefix + "token-file");
        return in.problems().size() > before || own.isEmpty()
                ? Optional.empty()
                : Optional.of(new HostServiceConfig(name, to.orElseThrow(), own, size, secret, tls));
    }

    private static Optional<Endpoint> target(Settings in, String key) {
        Optional<Found> found = in.find(key);
        Optional<Endpoint> target = found.flatMap(text -> EndpointText.list(text.text().strip()))
                .filter(list -> list.size() == 1)
                .map(List::getFirst)
                .filter(one -> one.port() > 0);
        if (target.isEmpty()) {
            in.refuse(key, found.orElse(new Found("none", "")), "HOST:PORT, like 127.0.0.1:22");
        }
        return target;
    }

    /** None: it was not given, or was refused. */
    private static List<RelayAddress> relays(Settings in, String key, List<RelayAddress> fallback) {
        Optional<Found> found = in.find(key);
        if (found.isEmpty()) {
            return fallback;
        }
        List<Optional<RelayAddress>> read =
                EndpointText.items(found.get().text()).stream().map(RelayAddress::of).toList();
        if (read.isEmpty() || read.stream().anyMatch(Optional::isEmpty)) {
            in.refuse(key, found.get(), RelayAddress.EXPECTED);
            return List.of();
        }
        return read.stream().flatMap(Optional::stream).distinct().toList();
    }

    private Optional<HostServiceConfig.Tls> tls(Settings in) {
        boolean enabled = in.flag("tls.enabled", false);
        int before = in.problems().size();
        String ca = fileText(in, "tls.ca", CA);
        if (in.problems().size() == before && in.find("tls.ca").isPresent() && !hasCertificates(ca)) {
            in.refuse("tls.ca", in.find("tls.ca").get(), CA);
        }
        String serverName = in.text("tls.server-name", "", 253);
        for (String key : new String[] {"tls.ca", "tls.server-name"}) {
            if (!enabled && in.find(key).isPresent()) {
                in.refuse(key, in.find(key).get(), file.isPresent() ? "tls.enabled: true beside it" : "--tls beside it");
            }
        }
        return enabled ? Optional.of(new HostServiceConfig.Tls(ca, serverName)) : Optional.empty();
    }

    private static boolean hasCertificates(String pem) {
        try {
            byte[] bytes = pem.getBytes(StandardCharsets.UTF_8);
            return !CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes)).isEmpty();
        } catch (CertificateException bad) {
            return false;
        }
    }

    private Secret token(Settings in, String key) {
        int before = in.problems().size();
        String fromFile = fileText(in, key, "a readable text file").lines().findFirst().orElse("").strip();
        if (!token.isEmpty() && in.find(key).isPresent()) {
            in.refuse(key, in.find(key).get(), "nothing, or no " + TOKEN_VARIABLE + ": only one of them");
        }
        String secret = fromFile.isEmpty() ? token : fromFile;
        boolean bad = !secret.matches("[\\x21-\\x7e]{0," + MAX_TOKEN + "}");
        boolean readable = in.problems().size() == before;
        if (bad || readable && fromFile.isEmpty() && in.find(key).isPresent()) {
            in.refuse(key, in.find(key).orElse(new Found("(not shown)", "environment, " + TOKEN_VARIABLE)),
                    "1.." + MAX_TOKEN + " printable ASCII characters without a blank, on the first line");
        }
        return secret.isEmpty() ? Secret.NONE : new Secret(secret);
    }

    private static String fileText(Settings in, String key, String expected) {
        Optional<Found> named = in.find(key).filter(found -> !found.text().isBlank());
        try {
            return named.isEmpty() ? "" : Files.readString(Path.of(named.get().text().strip()));
        } catch (IOException | RuntimeException unreadable) {
            // a path with a zero byte is no path; bytes that are no UTF-8 are no text
            in.refuse(key, named.get(), expected);
            return "";
        }
    }

    private static String keyOf(String option) {
        return switch (option) {
            case SERVICE -> "services.service.name";
            case "to", "token-file" -> "services.service." + option;
            case "tls" -> "tls.enabled";
            case "ca" -> "tls.ca";
            case "server-name" -> "tls.server-name";
            case "metrics" -> "metrics.listen";
            default -> option;
        };
    }

    /** What was given by option is told by option. */
    private ConfigProblem named(ConfigProblem problem) {
        return file.isEmpty() && problem instanceof ConfigProblem.BadValue(var key, var value, var expected, var from)
                ? new ConfigProblem.BadValue(optionOf(key), value, expected, from.equals("--set") ? "" : from)
                : problem;
    }

    private static String optionOf(String key) {
        return "--" + switch (key) {
            case "services.service.name" -> SERVICE;
            case "tls.enabled" -> "tls";
            case "metrics.listen" -> "metrics";
            default -> key.substring(key.lastIndexOf('.') + 1);
        };
    }
}
