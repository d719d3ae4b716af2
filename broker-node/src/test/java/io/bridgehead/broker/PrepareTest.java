package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bridgehead prepare}, with the real launcher, from jars as they are laid out in {@code dist/}. */
class PrepareTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    @Test
    void aNodeTakesItsClassesFromWhatWasKept() throws Exception {
        Path home = Files.createDirectory(directory.resolve("home with blank"));
        Path program = InstalledProgram.in(home);

        Process prepare = start(program, "", "prepare");
        assertThat(prepare.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(printed()).contains("/lib/prepared.", "about half the time");
        assertThat(prepare.exitValue()).isZero();

        Path classes = directory.resolve("classes");
        serveAndEnd(program, "-Xlog:class+load:file=" + classes, () -> {});
        assertThat(loaded(classes, " io.bridgehead.broker.")
                        .filter(line -> line.contains("source: shared objects file")))
                .hasSizeGreaterThan(200);
        // of the admin API and the relay too, which the node that prepares must have for it
        for (String packages : List.of(" io.vertx.openapi.", " io.bridgehead.broker.relay.")) {
            assertThat(loaded(classes, packages))
                    .isNotEmpty()
                    .allMatch(line -> line.contains("source: shared objects file"));
        }
    }

    private static Stream<String> loaded(Path classes, String packages) throws IOException {
        return Files.readAllLines(classes).stream()
                .filter(line -> line.contains(packages))
                .filter(line -> !line.contains("$$Lambda"));
    }

    @Test
    void aStartUnpacksNoJar() throws Exception {
        Path program = InstalledProgram.in(Files.createDirectory(directory.resolve("home")));
        Path temporary = Files.createDirectory(directory.resolve("temporary"));

        serveAndEnd(program, "-Djava.io.tmpdir=" + temporary, () -> {
            try (Stream<Path> files = Files.walk(temporary)) {
                List<String> names = files.map(file -> file.getFileName().toString()).toList();
                // Vert.x's own, of JSON schemas
                assertThat(names).anyMatch(name -> name.startsWith("vertx-cache"));
                assertThat(names).noneMatch(name -> name.endsWith(".class"));
            }
        });
    }

    @Test
    void aStartCollectsNothingToHaveRoomForItsClasses() throws Exception {
        Path program = InstalledProgram.in(Files.createDirectory(directory.resolve("home")));
        Path collections = directory.resolve("collections");

        serveAndEnd(program, "-Xlog:gc:file=" + collections, () -> {});

        assertThat(Files.readString(collections)).contains("Using ").doesNotContain("Metadata GC Threshold");
    }

    /** A node's life, from its start to where it serves to its end, with one more option of the JVM. */
    private void serveAndEnd(Path program, String javaOption, Look whileItServes) throws Exception {
        Process node = start(
                program, javaOption, ServerProcess.serveArguments(directory.resolve("data"), "relay.anonymous-service=echo"));
        try {
            await().atMost(LONG).until(() -> !node.isAlive() || printed().contains("node serves"));
            assertThat(node.isAlive()).as(printed()).isTrue();
            whileItServes.look();
        } finally {
            node.destroy();
        }
        assertThat(node.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private interface Look {

        void look() throws IOException;
    }

    @Test
    void withoutTheLauncherItSaysWhatIsMissing() {
        StringWriter err = new StringWriter();
        NodeRunner none = (config, mode) -> {
            throw new AssertionError("no node is started here");
        };

        int exitCode = Bridgehead.commandLine(
                        none,
                        new Surroundings(Map.of(), System.in, Clock.systemUTC()),
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(err, true))
                .execute("prepare");

        assertThat(exitCode).isEqualTo(Bridgehead.FAILED);
        assertThat(err.toString()).startsWith("bridgehead: prepare: started without bin/bridgehead");
    }

    private Process start(Path program, String javaOptions, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("sh", program.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("BRIDGEHEAD_JAVA_OPTS", javaOptions);
        return builder.start();
    }

    private String printed() throws IOException {
        return Files.readString(directory.resolve("out"));
    }
}
