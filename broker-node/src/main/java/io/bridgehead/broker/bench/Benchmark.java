package io.bridgehead.broker.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every benchmark does with its report. Exit code 0: measured, 1: could not, and why in one line. */
abstract class Benchmark implements Callable<Integer> {

    @Option(names = "--json", paramLabel = "FILE", description = "write the report there as JSON")
    private Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "append the table there as Markdown")
    private Path markdown;

    @Spec
    private CommandSpec command;

    /** Measures. Blocks for as long as that takes. */
    abstract Report measure() throws IOException, InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        try {
            Report report = measure();
            command.commandLine().getOut().println(report.text());
            if (json != null) {
                Files.writeString(json, report.json().encodePrettily() + "\n");
            }
            if (markdown != null) {
                Files.writeString(
                        markdown,
                        report.markdown() + "\n",
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            return 0;
        } catch (IOException failed) {
            String why = failed instanceof BenchFailed ? failed.getMessage() : failed.toString();
            command.commandLine().getErr().println("bridgehead bench: " + why);
            return 1;
        }
    }

    /** Refuses an option's value before anything is measured. */
    final void require(boolean good, String option, Object value, String expected) {
        if (!good) {
            throw new ParameterException(
                    command.commandLine(), "%s: %s (expected: %s)".formatted(option, value, expected));
        }
    }

    final void progress(String line) {
        command.commandLine().getErr().println(line);
    }
}
