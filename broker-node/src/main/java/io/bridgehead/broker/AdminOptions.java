package io.bridgehead.broker;

import io.bridgehead.broker.config.AdminConfig;
import io.bridgehead.broker.config.Endpoint;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Where the node's API is and how to get in: from {@code --admin}, else from the node's own configuration. */
final class AdminOptions {

    @Mixin
    private final ConfigOptions config;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--admin", paramLabel = "URL", scope = ScopeType.INHERIT, description =
            "the node's API, like http://127.0.0.1:8090;"
            + " without it: admin.listen of the configuration")
    private URI url;

    @Option(names = "--token-file", paramLabel = "FILE", scope = ScopeType.INHERIT, description =
            "file with the token; without it:"
            + " admin.token-file of the configuration")
    private Path tokenFile;

    @Option(names = "--ca", paramLabel = "FILE", scope = ScopeType.INHERIT, description =
            "PEM certificate to trust; without it:"
            + " admin.tls.cert of the configuration, or the system's authorities with --admin")
    private Path authority;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "print what the node answers, as JSON")
    private boolean json;

    AdminOptions(Surroundings surroundings) {
        this.config = new ConfigOptions(surroundings);
    }

    boolean json() {
        return json;
    }

    AdminClient client() {
        if (url != null && tokenFile != null) {
            return new AdminClient(checked(url), tokenFile, Optional.ofNullable(authority));
        }
        AdminConfig admin = config.loader().loadForClient().admin();
        Optional<Path> trusted = Optional.ofNullable(authority)
                .or(() -> Optional.of(admin.tls().cert()).filter(cert -> url == null && admin.tls().enabled()));
        URI target = url == null ? configured(admin) : checked(url);
        return new AdminClient(target, tokenFile == null ? admin.tokenFile() : tokenFile, trusted);
    }

    private URI checked(URI given) {
        boolean http = "http".equalsIgnoreCase(given.getScheme()) || "https".equalsIgnoreCase(given.getScheme());
        if (!http || given.getHost() == null) {
            throw new ParameterException(
                    command.commandLine(), "--admin: " + given + " (expected: http://HOST:PORT or https://HOST:PORT)");
        }
        return given;
    }

    private static URI configured(AdminConfig admin) {
        if (admin.listen().isEmpty()) {
            throw new CommandFailed("admin.listen is empty, so the node has no API (expected: host:port, or --admin)");
        }
        Endpoint first = admin.listen().getFirst();
        String host = switch (first.host()) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> first.host();
        };
        return URI.create((admin.tls().enabled() ? "https://" : "http://") + new Endpoint(host, first.port()));
    }
}
