package io.bridgehead.broker;

import io.bridgehead.broker.bench.BenchCommand;
import io.bridgehead.broker.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 the command failed, 2 wrong usage or configuration; each failure is told
 * in one line on the standard error.
 */
@Command(
        name = "bridgehead",
        description = "Connects two parties that cannot reach each other.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Bridgehead implements Runnable {

    static final int FAILED = 1;
    static final int MISUSED = 2;

    @Spec
    private CommandSpec command;

    private Bridgehead() {}

    public static void main(String[] args) {
        CommonPool.haveTwoThreads();
        BufferPool.isNettysPooledOne();
        Surroundings process = new Surroundings(System.getenv(), System.in, Clock.systemUTC());
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        NodeRunner node = new NodeProcess(out);
        CommandLine line = args.length > 0 && args[0].equals(ServeCommand.NAME)
                ? telling(out, err, serving(node, process))
                : commandLine(node, process, out, err);
        System.exit(line.execute(args));
    }

    static CommandLine commandLine(NodeRunner node, Surroundings process, PrintWriter out, PrintWriter err) {
        return telling(out, err, serving(node, process)
                .addSubcommand(new DemoCommand(node, process))
                .addSubcommand(new PrepareCommand(process))
                .addSubcommand(new CheckConfigCommand(process))
                .addSubcommand(new HostCommand(process, host -> new HostProcess(host).run()))
                .addSubcommand(new CommandLine(new ClusterCommand()).addSubcommand(new ClusterInitCommand(process)))
                .addSubcommand(new AccountCommand(process))
                .addSubcommand(new SessionsCommand(process))
                .addSubcommand(new KickCommand(process))
                .addSubcommand(new ExplainCommand(process))
                .addSubcommand(new StatusCommand(process))
                .addSubcommand(new DrainCommand(process))
                .addSubcommand(new UndrainCommand(process))
                .addSubcommand(new CommandLine(new RelayCommands()).addSubcommand(new RelayTokenCommand()))
                .addSubcommand(new BenchCommand()));
    }

    /** One command of all: to read what the others are takes a twentieth of a node's start. */
    private static CommandLine serving(NodeRunner node, Surroundings process) {
        return new CommandLine(new Bridgehead()).addSubcommand(new ServeCommand(node, process));
    }

    private static CommandLine telling(PrintWriter out, PrintWriter err, CommandLine line) {
        return line.setOut(out).setErr(err).setExecutionExceptionHandler(Bridgehead::told);
    }

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "Missing command");
    }

    private static int told(Exception failure, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        switch (failure) {
            case ConfigException refused -> {
                refused.problems().forEach(problem -> command.getErr().println(problem.line()));
                return MISUSED;
            }
            case CommandFailed failed -> {
                command.getErr().println("bridgehead: " + TextTable.printable(failed.getMessage()));
                return FAILED;
            }
            case StartRefused refused -> {
                command.getErr().println("bridgehead: " + TextTable.printable(refused.getMessage()));
                return MISUSED;
            }
            default -> throw failure;
        }
    }
}
