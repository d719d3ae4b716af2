package io.bridgehead.broker;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cluster ...}: what is done once for a cluster, not by a running node. */
@Command(name = "cluster", description = "Prepare a cluster.", mixinStandardHelpOptions = true)
final class ClusterCommand implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "Missing subcommand: init");
    }
}
