package io.bridgehead.broker;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code check-config}: what {@code serve} would say to this configuration. */
@Command(
        name = "check-config",
        description = "Check the configuration as serve would, without starting.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOptions config;

    @Spec
    private CommandSpec command;

    CheckConfigCommand(Surroundings surroundings) {
        this.config = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() {
        config.loader().load();
        command.commandLine().getOut().println("ok: " + config.describe());
        return 0;
    }
}
