package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The signalling client's npm package, copied to where its tools may write; and those tools, run to their end. */
final class JavaScriptPackage {

    static final Path SOURCE = Path.of("src/main/js/signalling-client");

    private static final int PATIENCE_SECONDS = 120;

    private final Path directory;

    private JavaScriptPackage(Path directory) {
        this.directory = directory;
    }

    /** With what its tests need installed. Skips the test where there is no Node. */
    static JavaScriptPackage installed(Path directory) throws Exception {
        for (String program : List.of("node", "npm")) {
            require(program, "nodejs npm");
        }
        try (Stream<Path> files = Files.walk(SOURCE)) {
            for (Path file : files.filter(each -> !each.toString().contains("node_modules")).toList()) {
                Path copy = directory.resolve(SOURCE.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                if (Files.isRegularFile(file)) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        JavaScriptPackage copied = new JavaScriptPackage(directory);
        copied.run(Map.of(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        return copied;
    }

    /** Skips the test where the program is missing, and says how to get it. */
    static void require(String program, String packages) {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
        Assumptions.assumeTrue(there,
                "no " + program + "; install it with: apt-get update && apt-get install -y " + packages);
    }

    Path directory() {
        return directory;
    }

    /** Its output, when it ends well. */
    String run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        return run(directory, environment, command);
    }

    static String run(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("program", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectOutput(out.toFile());
        builder.redirectErrorStream(true).environment().putAll(environment);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String printed = Files.readString(out);
            assertThat(ended).as("%s ended: %s", List.of(command), printed).isTrue();
            assertThat(process.exitValue()).as("%s: %s", List.of(command), printed).isZero();
            return printed;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.delete(out);
        }
    }
}
