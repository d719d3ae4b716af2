package io.bridgehead.broker;

import io.bridgehead.broker.config.HostAgentLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code host}: offers a server that nobody can dial through relays, until SIGTERM. */
@Command(
        name = "host",
        description = "Offer a server that nobody can dial through relays, until SIGTERM.",
        footer = {
            "",
            "The service's token is never an argument, which every user of this machine could read: it comes from",
            "--token-file or the environment variable " + HostAgentLoader.TOKEN_VARIABLE + "."
        },
        mixinStandardHelpOptions = true)
final class HostCommand implements Callable<Integer> {

    private static final String CONFIG = "--config";

    private final Surroundings surroundings;
    private final ToIntFunction<HostAgentLoader> runner;

    @Option(names = "--service", paramLabel = "NAME", description = "as the relay knows it")
    private String service;

    @Option(names = "--to", paramLabel = "HOST:PORT", description = "the server; connected to for each client")
    private String to;

    @Option(names = "--relay", paramLabel = "HOST[:PORT[/PORT]]",
            description = "data port (8000) and command port (the next one); several with commas share the pool")
    private String relay;

    @Option(names = "--pool", paramLabel = "N", description = "connections that wait for clients; 10")
    private String pool;

    @Option(names = "--token-file", paramLabel = "FILE", description = "the service's token is its first line")
    private String tokenFile;

    @Option(names = "--tls", description = "to the relay, whose certificate is checked")
    private boolean tls;

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM certificates to trust, in place of the JDK's")
    private String ca;

    @Option(names = "--server-name", paramLabel = "NAME", description = "in the relay's certificate; its host")
    private String serverName;

    @Option(names = "--drain-time", paramLabel = "TIME", description = "for running connections at the end; 25s")
    private String drainTime;

    @Option(names = "--metrics", paramLabel = "HOST:PORT", description = "/metrics and /health there; nowhere")
    private String metrics;

    @Option(names = CONFIG, paramLabel = "FILE", description = "YAML with several services, in place of all the above")
    private Path config;

    @Spec
    private CommandSpec command;

    /** @param runner runs the agent and answers the exit code */
    HostCommand(Surroundings surroundings, ToIntFunction<HostAgentLoader> runner) {
        this.surroundings = surroundings;
        this.runner = runner;
    }

    @Override
    public Integer call() {
        Map<String, String> options = options();
        if (config == null) {
            return runner.applyAsInt(HostAgentLoader.of(options, surroundings.environment()));
        }
        if (!options.isEmpty()) {
            throw new ParameterException(command.commandLine(),
                    "--" + options.keySet().iterator().next() + ": not together with " + CONFIG + " (expected: one of them)");
        }
        return runner.applyAsInt(HostAgentLoader.of(config));
    }

    private Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        ParseResult given = command.commandLine().getParseResult();
        given.matchedOptions().stream()
                .filter(option -> !option.longestName().equals(CONFIG))
                .forEach(option -> options.put(
                        option.longestName().substring(2), String.valueOf((Object) option.getValue())));
        return options;
    }
}
