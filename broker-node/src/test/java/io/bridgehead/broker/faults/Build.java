package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.Bridgehead;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program that a node's process runs.
 *
 * @param classPath as for {@code java -cp}
 * @param main class that is started
 * @param flags of the JVM
 */
record Build(String classPath, String main, List<String> flags) {

    /** Starts fast, on a machine that several nodes share. */
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

    Build {
        flags = List.copyOf(flags);
    }

    /** What is being tested now, started at {@code main}. */
    static Build present(Class<?> main) {
        return new Build(System.getProperty("java.class.path"), main.getName(), SMALL);
    }

    /** The same with one more flag of the JVM. */
    Build with(String flag) {
        return new Build(classPath, main, Stream.concat(flags.stream(), Stream.of(flag)).toList());
    }

    /** Another build's {@code dist/}. */
    static Build of(Path distribution) {
        Path libraries = distribution.resolve("lib");
        assertThat(Files.isDirectory(libraries)).as("%s is a directory", libraries).isTrue();
        return new Build(libraries + "/*", Bridgehead.class.getName(), SMALL);
    }

    /**
     * Compiled and laid out in memory as {@code bin/bridgehead} has it, but for the collector: for rows about speed and
     * memory.
     *
     * @param firstHeap small where users' memory counts, for what the start has touched already would hide what they
     *     cost; where time counts as large as it may get, for a small one is collected twice a second under load
     */
    Build asInProduction(String firstHeap, String maxHeap) {
        return new Build(classPath, main, List.of("-Xms" + firstHeap, "-Xmx" + maxHeap, "-XX:+UseCompactObjectHeaders"));
    }
}
