package io.bridgehead.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A PIN from a pipe or a file; never an argument, which every user of the machine could read. */
final class PinSource {

    @Option(names = "--pin-stdin", description = "read the PIN from the first line of the standard input")
    private boolean standardInput;

    @Option(names = "--pin-file", paramLabel = "FILE", description = "read the PIN from the first line of a file")
    private Path file;

    String read(Surroundings surroundings) {
        try (BufferedReader lines = standardInput
                ? new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8))
                : Files.newBufferedReader(file)) {
            return Optional.ofNullable(lines.readLine())
                    .filter(pin -> !pin.isEmpty())
                    .orElseThrow(() -> new CommandFailed(origin() + ": no PIN on the first line"));
        } catch (IOException unreadable) {
            throw new CommandFailed(origin() + ": cannot be read: " + unreadable, unreadable);
        }
    }

    private String origin() {
        return standardInput ? "standard input" : "PIN file " + file;
    }
}
