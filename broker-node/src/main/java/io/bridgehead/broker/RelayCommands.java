package io.bridgehead.broker;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code relay ...}: what is prepared for the relay room, not by a running node. */
@Command(name = "relay", description = "Prepare the relay's services.", mixinStandardHelpOptions = true)
final class RelayCommands implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "Missing subcommand: token");
    }
}
