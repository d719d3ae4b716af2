package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.Bridgehead;
import io.bridgehead.broker.InstalledProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The program that a node's process runs.
 *
 * @param start what starts it, by the flags of the JVM
 * @param flags of the JVM
 */
record Build(Function<List<String>, List<String>> start, List<String> flags) {

    /** Starts fast, on a machine that several nodes share. */
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

    Build {
        flags = List.copyOf(flags);
    }

    /** What is being tested now, started at {@code main}. */
    static Build present(Class<?> main) {
        return classes(System.getProperty("java.class.path"), main);
    }

    /** Another build's {@code dist/}. */
    static Build of(Path distribution) {
        Path libraries = distribution.resolve("lib");
        assertThat(Files.isDirectory(libraries)).as("%s is a directory", libraries).isTrue();
        return classes(libraries + "/*", Bridgehead.class);
    }

    private static Build classes(String classPath, Class<?> main) {
        return new Build(
                flags -> {
                    List<String> line = new ArrayList<>(List.of(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-XX:+ExitOnOutOfMemoryError",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow"));
                    line.addAll(flags);
                    line.addAll(List.of("-cp", classPath, main.getName()));
                    return line;
                },
                SMALL);
    }

    /**
     * What is being tested now as an operator installs it: started by {@code bin/bridgehead}, after {@code bridgehead prepare}.
     *
     * @param home empty, its path without blanks
     */
    static Build prepared(Path home) throws IOException {
        String program = InstalledProgram.in(home).toString();
        String java = "JAVA_HOME=" + System.getProperty("java.home");
        System.out.print(Machine.run("env", java, "sh", program, "prepare"));
        return new Build(
                flags -> List.of("env", java, "BRIDGEHEAD_JAVA_OPTS=" + String.join(" ", flags), "sh", program),
                SMALL);
    }

    /** The same with one more flag of the JVM. */
    Build with(String flag) {
        return new Build(start, Stream.concat(flags.stream(), Stream.of(flag)).toList());
    }

    /**
     * Compiled and laid out in memory as {@code bin/bridgehead} has it, but for the collector: for rows about speed and
     * memory.
     *
     * @param firstHeap small where users' memory counts, for what the start has touched already would hide what they
     *     cost; where time counts as large as it may get, for a small one is collected twice a second under load
     */
    Build asInProduction(String firstHeap, String maxHeap) {
        return new Build(start, List.of(
                "-Xms" + firstHeap,
                "-Xmx" + maxHeap,
                "-XX:+UseCompactObjectHeaders",
                "-XX:MetaspaceSize=128m"));
    }

    /** What starts it. */
    List<String> command() {
        return start.apply(flags);
    }
}
