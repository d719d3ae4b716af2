package io.bridgehead.broker;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code prepare}: a node works for some seconds, and what its JVM has read and checked of the program is kept beside it
 * for {@code bin/bridgehead}: from JDK 25 on an AOT cache (JEP 514), before that an archive of classes (JEP 350).
 */
@Command(
        name = "prepare",
        description = "Has nodes start in about half the time: starts one for some seconds, on the loopback address, and "
                + "keeps what its JVM has made of the program in lib/. To be done again when the JVM or the program has "
                + "changed; until then the JVM says at each start that it cannot use what was kept.",
        mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {

    /** Set by {@code bin/bridgehead}. */
    private static final String HOME = "BRIDGEHEAD_HOME";

    private static final int FIRST_WITH_AOT_CACHE = 25;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Surroundings surroundings;

    @Spec
    private CommandSpec command;

    PrepareCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String home = surroundings.environment().get(HOME);
        if (home == null) {
            throw new CommandFailed("prepare: started without bin/bridgehead, which knows where lib/ is");
        }
        Path libraries = Path.of(home, "lib");
        if (!Files.isWritable(libraries)) {
            throw new CommandFailed("prepare: " + libraries + ": cannot be written to");
        }
        Path directory = Files.createTempDirectory("bridgehead-prepare");
        try {
            Path kept = prepare(Path.of(home, "bin", "bridgehead"), libraries, directory);
            command.commandLine().getOut().printf(
                    "%s: %d MiB. Nodes that this JVM (%s) starts from here are up in about half the time.%n",
                    kept, Files.size(kept) >> 20, Runtime.version());
            return 0;
        } finally {
            DemoCommand.delete(directory);
        }
    }

    private Path prepare(Path program, Path libraries, Path directory) throws IOException, InterruptedException {
        boolean aot = Runtime.version().feature() >= FIRST_WITH_AOT_CACHE;
        Path kept = libraries.resolve(aot ? "prepared.aot" : "prepared.jsa");
        // a JVM that uses one cannot make another
        Files.deleteIfExists(kept);
        Path made = directory.resolve("made");
        List<Integer> ports = DemoCommand.freePorts(4);
        Path log = directory.resolve("log");
        Process node = start(program, log, (aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + made,
                serve(directory, ports));
        try {
            awaitReady(node, ports.get(3), log);
            String broker = "127.0.0.1:" + ports.get(0);
            use(program, directory, "connects", "--broker", broker, "--pairs", "300");
            use(program, directory, "bridge", "--broker", broker, "--rounds", "1", "--warm-up", "1", "--seconds", "1",
                    "--round-trips", "5000", "--verify", "1MiB");
            node.destroy();
            if (!node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || !Files.exists(made)) {
                throw failed("the JVM has kept nothing", log);
            }
        } finally {
            node.destroyForcibly();
        }
        Path beside = libraries.resolve(kept.getFileName() + ".new");
        Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
        return Files.move(beside, kept, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A cluster of one, for Hazelcast is most of what a start takes. */
    private static List<String> serve(Path directory, List<Integer> ports) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        for (String set : List.of(
                "node.data-dir=" + directory,
                "node.drain-time=1s",
                "node.accept-grace=0s",
                "store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"),
                "accounts.mode=open",
                "admin.listen=127.0.0.1:0",
                "admin.token-file=" + directory.resolve("admin.token"),
                "estim.listen=127.0.0.1:" + ports.get(0),
                "estim.websocket=127.0.0.1:0",
                "signalling.listen=127.0.0.1:0",
                "relay.hosts=127.0.0.1:0",
                "relay.commands=127.0.0.1:0",
                "relay.clients=127.0.0.1:0",
                // without a service they do not listen
                "relay.anonymous-service=prepare",
                "cluster.enabled=true",
                "cluster.name=prepare-" + ProcessHandle.current().pid(),
                "cluster.listen=127.0.0.1:" + ports.get(1),
                "cluster.event-bus=127.0.0.1:" + ports.get(2),
                "cluster.members=127.0.0.1:" + ports.get(1),
                "metrics.listen=127.0.0.1:" + ports.get(3))) {
            arguments.addAll(List.of("--set", set));
        }
        return arguments;
    }

    /** {@code option}: one more of the JVM, without blanks; empty: none. */
    private Process start(Path program, Path log, String option, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        // to a node it would be a key of the configuration
        builder.environment().remove(HOME);
        builder.environment().merge("BRIDGEHEAD_JAVA_OPTS", option, (own, more) -> own + " " + more);
        return builder.start();
    }

    private static void awaitReady(Process node, int port, Path log) throws IOException, InterruptedException {
        URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (!isReady(http, ready)) {
                if (node.waitFor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS) || System.nanoTime() - end > 0) {
                    throw failed("the node did not get ready", log);
                }
            }
        }
    }

    private static boolean isReady(HttpClient http, URI ready) throws InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(ready).timeout(LOOK_AGAIN).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void use(Path program, Path directory, String... bench) throws IOException, InterruptedException {
        Path log = directory.resolve("bench");
        List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(bench));
        Process client = start(program, log, "", arguments);
        if (!client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || client.exitValue() != 0) {
            client.destroyForcibly();
            throw failed("the node could not be used", log);
        }
    }

    private static CommandFailed failed(String what, Path log) throws IOException {
        // what the JVM itself says begins with its clock
        List<String> lines = Files.readAllLines(log).stream().filter(line -> !line.startsWith("[")).toList();
        return new CommandFailed(
                "prepare: " + what + ": " + String.join(" | ", lines.subList(0, Math.min(3, lines.size()))));
    }
}
