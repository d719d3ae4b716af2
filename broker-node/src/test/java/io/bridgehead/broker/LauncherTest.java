package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/bridgehead} with JDKs that only say how they were called. */
class LauncherTest {

    private record Run(int exitCode, String out, String err, long pid) {}

    @TempDir
    Path directory;

    private Path launcher;
    private Path jvms;

    @BeforeEach
    void install() throws IOException {
        jvms = Files.createDirectories(directory.resolve("jvm"));
        Path home = Files.createDirectories(directory.resolve("home with blank"));
        Files.createDirectories(home.resolve("lib"));
        launcher = Files.createDirectories(home.resolve("bin")).resolve("bridgehead");
        Files.copy(Path.of("src/dist/bin/bridgehead"), launcher);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void javaHomeIsTakenFirst() throws Exception {
        jdk("a-jdk-25", "25.0.1");
        // the last that a look through the directory would find
        Path chosen = jdk("b-jdk-21", "21.0.4");

        assertThat(run(Map.of("JAVA_HOME", chosen.toString()), "serve").out()).startsWith("b-jdk-21\n");
    }

    @Test
    void anOldJavaHomeIsPassedOver() throws Exception {
        Path old = jdk("a-jdk-17", "17.0.9");
        jdk("b-jdk-23", "23");

        assertThat(run(Map.of("JAVA_HOME", old.toString()), "serve").out()).startsWith("b-jdk-23\n");
    }

    @Test
    void withoutAJdkItSaysWhatIsMissingAndHowToGetIt() throws Exception {
        Path old = jdk("jdk-17", "17.0.9");

        Run run = run(Map.of("JAVA_HOME", old.toString()), "serve");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("bridgehead: needs a JDK 21 or newer, and found only:")
                .contains(old + "/bin/java: version 17", "JAVA_HOME", "apt-get install");
    }

    @Test
    void eachFlagIsGivenToTheJdksThatKnowIt() throws Exception {
        String on21 = flags("21.0.4");
        String on23 = flags("23.0.1");
        String on25 = flags("25");

        assertThat(on21).contains("-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED",
                        "-Djdk.tls.rejectClientInitiatedRenegotiation=true")
                .doesNotContain("unsafe", "CompactObjectHeaders");
        assertThat(on23).contains("--sun-misc-unsafe-memory-access=allow").doesNotContain("CompactObjectHeaders");
        assertThat(on25).contains("--sun-misc-unsafe-memory-access=allow", "-XX:+UseCompactObjectHeaders");
    }

    @Test
    void aShortCommandStartsFastAndANodeDoesNotGetThoseFlags() throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk", "21").toString());

        assertThat(run(environment, "account", "list").out())
                .contains("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
                .doesNotContain("ExitOnOutOfMemoryError");
        assertThat(run(environment, "demo").out()).contains("-XX:MetaspaceSize=")
                .doesNotContain("TieredStopAtLevel", "SerialGC");
    }

    @Test
    void aHostAgentIsSmallAndCompilesWell() throws Exception {
        assertThat(run(Map.of("JAVA_HOME", jdk("jdk", "21").toString()), "host", "--config", "host.yaml").out())
                .contains("-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC")
                .doesNotContain("TieredStopAtLevel", "hazelcast.logging");
    }

    @Test
    void optionsOfTheUserComeLastAndArgumentsArriveAsTheyAre() throws Exception {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", jdk("jdk", "21").toString(), "BRIDGEHEAD_JAVA_OPTS", "-Xmx64m -Dx=y");

        List<String> lines = run(environment, "serve", "--set", "estim.banner-name=two words").out().lines().toList();

        assertThat(lines).containsSubsequence(
                "-XX:+ExitOnOutOfMemoryError", "-Xmx64m", "-Dx=y", "-cp",
                launcher.getParent().getParent() + "/lib/*",
                "io.bridgehead.broker.Bridgehead", "serve", "--set", "estim.banner-name=two words");
    }

    @Test
    void theJvmTakesTheLaunchersPlaceSoThatSignalsReachIt() throws Exception {
        Run run = run(Map.of("JAVA_HOME", jdk("jdk", "21").toString()), "serve");

        assertThat(run.out()).contains("pid " + run.pid() + "\n");
    }

    @Test
    void aSymbolicLinkFindsTheDistribution() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), launcher);
        launcher = link;

        assertThat(run(Map.of("JAVA_HOME", jdk("jdk", "21").toString()), "serve").out())
                .contains(directory.resolve("home with blank") + "/lib/*");
    }

    @Test
    void whatWasPreparedIsGivenToTheJdksThatCanReadItAndToNodesOnly() throws Exception {
        Path libraries = directory.resolve("home with blank").resolve("lib");
        assertThat(flags("25")).doesNotContain("prepared");

        Files.createFile(libraries.resolve("prepared.aot"));
        assertThat(flags("25")).contains("\n-XX:AOTCache=" + libraries + "/prepared.aot\n");
        assertThat(flags("24")).doesNotContain("prepared");
        assertThat(run(Map.of("JAVA_HOME", jdk("other", "25").toString()), "status").out()).doesNotContain("prepared");

        Files.createFile(libraries.resolve("prepared.jsa"));
        assertThat(flags("24")).contains("\n-XX:SharedArchiveFile=" + libraries + "/prepared.jsa\n");
        assertThat(flags("25")).doesNotContain("prepared.jsa");
    }

    private String flags(String version) throws Exception {
        return run(Map.of("JAVA_HOME", jdk("jdk-" + version, version).toString()), "serve").out();
    }

    /** Prints its name, its process id and its arguments, one a line. */
    private Path jdk(String name, String version) throws IOException {
        Path jdk = jvms.resolve(name);
        Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Files.writeString(java, "#!/bin/sh\necho " + name + "\necho pid $$\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return jdk;
    }

    private Run run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools().toString());
        builder.environment().put("BRIDGEHEAD_JVM_DIRECTORY", jvms.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8),
                process.pid());
    }

    /** The machine's tools without its java. */
    private Path tools() throws IOException {
        Path tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool : List.of("readlink", "dirname", "sed", "head")) {
            Path script = tools.resolve(tool);
            Files.writeString(script, "#!/bin/sh\nPATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return tools;
    }
}
