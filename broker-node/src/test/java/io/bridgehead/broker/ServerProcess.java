package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code bridgehead} in a JVM of its own, from this test's class path. Killed on close. */
final class ServerProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path out;
    private final Path err;

    private ServerProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Runs {@code bridgehead} with these arguments; its output goes into files in {@code directory}. */
    static ServerProcess run(Path directory, String... arguments) throws IOException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> line = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlogback.configurationFile=logback.xml",
                "-cp", System.getProperty("java.class.path"),
                Bridgehead.class.getName()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new ServerProcess(process, out, err);
    }

    /** {@code serve}, with all that {@link TestNode} has and {@code sets}; waits until it serves. */
    static ServerProcess serve(Path directory, String... sets) throws IOException {
        ServerProcess server = run(directory, serveArguments(directory, sets));
        server.awaitServing();
        return server;
    }

    static String[] serveArguments(Path directory, String... sets) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        List<String> all = TestNode.settings(directory);
        all.addAll(List.of(sets));
        all.forEach(set -> arguments.addAll(List.of("--set", set)));
        return arguments.toArray(String[]::new);
    }

    private void awaitServing() {
        await().atMost(START).until(() -> !process.isAlive() || err().contains("node serves"));
        assertThat(process.isAlive()).as("%s", err()).isTrue();
    }

    /** A port from the line that says where the node serves: {@code tcp}, {@code admin} or {@code metrics}. */
    int port(String name) {
        Matcher port = Pattern.compile(name + "=\"?\\[?(\\d+)").matcher(err());
        assertThat(port.find()).as("%s in %s", name, err()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    /** From the listener for metrics and health. */
    HttpResponse<String> metrics(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port("metrics") + path);
        return HTTP.send(HttpRequest.newBuilder(uri).timeout(ANSWER).build(), BodyHandlers.ofString());
    }

    /** The scraped value of a series, as in {@link Scrape}. */
    double metric(String series) throws IOException, InterruptedException {
        return Scrape.value(metrics("/metrics").body(), series);
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode(Duration within) throws InterruptedException {
        assertThat(process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)).as("ended: %s", err()).isTrue();
        return process.exitValue();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
