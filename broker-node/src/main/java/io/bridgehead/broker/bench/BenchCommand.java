package io.bridgehead.broker.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: measures a running broker, beside a plain TCP proxy if there is one, from outside. */
@Command(
        name = "bench",
        description = "Measure a running broker, and compare it with a plain TCP proxy.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BridgeBenchmark.class,
            IdleBenchmark.class,
            RegistrationsBenchmark.class,
            ConnectsBenchmark.class,
            DialsBenchmark.class,
            SignallingBenchmark.class,
            SignallingIdleBenchmark.class
        })
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                command.commandLine(),
                "Missing: bridge, idle, registrations, connects, dials, signalling or signalling-idle");
    }
}
