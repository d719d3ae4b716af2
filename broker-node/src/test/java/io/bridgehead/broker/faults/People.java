package io.bridgehead.broker.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A program that is many users, in a process of its own at low priority: people have machines of their own. Told things by
 * lines of input, tells by lines of output. Killed on close. Any thread.
 */
final class People implements AutoCloseable {

    private final Process process;
    private final String name;
    private final Predicate<String> reports;

    private People(Process process, String name, Predicate<String> reports) {
        this.process = process;
        this.name = name;
        this.reports = reports;
    }

    /**
     * Starts it.
     *
     * @param name of the lines it prints here
     * @param flags of its JVM
     * @param reports takes each line, on a thread of its own; false: it is none of its, and is printed
     */
    static People start(
            String name, Class<?> program, List<String> flags, List<String> arguments, Predicate<String> reports) {
        List<String> command = new ArrayList<>(
                List.of("nice", "-n", "10", ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            People people = new People(process, name, reports);
            Thread.ofPlatform().daemon().start(people::listen);
            return people;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (!reports.test(line)) {
                    System.out.println(name + ": " + line);
                }
            }
        } catch (IOException ended) {
            // killed: nothing more to hear
        }
    }

    void tell(String line) {
        try {
            process.outputWriter(StandardCharsets.US_ASCII).append(line).append('\n').flush();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
