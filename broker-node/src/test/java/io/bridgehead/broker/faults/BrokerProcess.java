package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.Scrape;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A node in a JVM of its own, which can be stopped, killed and started again. Killed on close. Any thread. */
final class BrokerProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    /** USER_HZ is 100 on every Linux that runs a JVM. */
    private static final long MILLIS_OF_A_TICK = 10;

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private final Place place;
    private final Path directory;
    /** The JVM's flag for it: how long a node stands still is its collector's doing (F21). */
    private static final String COLLECTOR = System.getProperty("drill.collector", "-XX:+UseSerialGC");

    private final List<String> command;
    private volatile Process process;

    /**
     * @param directory of its token and output; made if missing
     * @param sets as for {@code --set}
     */
    BrokerProcess(Place place, Path directory, Build build, List<String> sets) {
        this.place = place;
        this.directory = directory;
        List<String> line = new ArrayList<>(place.prefix());
        line.addAll(build.with(COLLECTOR).with("-Dlogback.configurationFile=logback.xml").command());
        line.add("serve");
        List<String> all = new ArrayList<>(List.of(
                "node.name=" + place.name(),
                "node.domain=example.org",
                "node.data-dir=" + directory,
                "admin.token-file=" + directory.resolve("admin.token"),
                "admin.insecure=true",
                "estim.listen=" + place.address() + ":" + place.tcp(),
                "estim.websocket=",
                "signalling.listen=",
                "estim.connections-per-second=0",
                "admin.listen=" + place.address() + ":" + place.admin(),
                "metrics.listen=" + place.address() + ":" + place.metrics()));
        all.addAll(sets);
        all.forEach(set -> line.addAll(List.of("--set", set)));
        this.command = List.copyOf(line);
    }

    Place place() {
        return place;
    }

    String name() {
        return place.name();
    }

    /** Starts it, for the first time or again; {@link #awaitReady} tells when it serves. */
    void start() {
        try {
            Files.createDirectories(directory);
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    void awaitReady() {
        await("readiness of " + name()).atMost(START).until(() -> !process.isAlive() || ready());
        assertThat(process.isAlive()).as("%s lives: %s", name(), printed()).isTrue();
    }

    boolean ready() {
        return get("/health/ready").map(answer -> answer.statusCode() == 200).orElse(false);
    }

    /** The scraped value of a series, written as Prometheus writes it, such as {@code name{tag="value"}}. */
    double metric(String series) {
        return metrics(series).getFirst();
    }

    /** Several of the same moment. */
    List<Double> metrics(String... series) {
        String scrape = get("/metrics").orElseThrow(() -> new AssertionError(name() + " gives no metrics")).body();
        return Arrays.stream(series).map(each -> Scrape.value(scrape, each)).toList();
    }

    /** Of this metric the series that have counted something, as they were scraped. */
    List<String> above0(String metric) {
        return get("/metrics").stream()
                .flatMap(answer -> answer.body().lines())
                .filter(line -> line.startsWith(metric) && !line.endsWith(" 0.0"))
                .toList();
    }

    private Optional<HttpResponse<String>> get(String path) {
        URI uri = URI.create("http://%s:%d%s".formatted(place.address(), place.metrics(), path));
        try {
            return Optional.of(
                    http.send(HttpRequest.newBuilder(uri).timeout(ANSWER).build(), BodyHandlers.ofString()));
        } catch (IOException notThere) {
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** A request to the admin API; {@code body} may be null. */
    HttpResponse<String> admin(String method, String path, JsonObject body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://%s:%d%s".formatted(place.address(), place.admin(), path)))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + Files.readString(directory.resolve("admin.token")).strip());
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body.encode()));
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends {@code STOP}, {@code CONT} or {@code TERM}, say. */
    void signal(String name) {
        Machine.run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** SIGKILL; back when the process is gone. */
    void kill() {
        process.destroyForcibly();
        assertThat(exitCode(Duration.ofSeconds(10))).isNotZero();
    }

    int exitCode(Duration within) {
        try {
            assertThat(process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS))
                    .as("%s ended within %s: %s", name(), within, printed())
                    .isTrue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stop);
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Resident memory in bytes. */
    long residentBytes() {
        return status("VmRSS:") * 1024;
    }

    private long status(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Has it collect its garbage. */
    void collectGarbage() {
        jcmd("GC.run");
    }

    /** Names and counts of the classes of which there are objects. */
    String classHistogram() {
        return jcmd("GC.class_histogram");
    }

    private String jcmd(String command) {
        return Machine.run(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                command);
    }

    /**
     * Bytes of live objects and of buffers outside the heap. A collection moves whatever lives into the old generation; what
     * lies in the young one is garbage since, some 10 to 20 MiB until the figures are read.
     */
    long heldBytes() {
        collectGarbage();
        double live = metric("jvm_memory_used_bytes{area=\"heap\",id=\"Tenured Gen\"}");
        return (long) (live + metric("jvm_buffer_memory_used_bytes{id=\"direct\"}"));
    }

    /** CPU time used so far. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** CPU time of those threads of its JVM's compilers that are there now. */
    Duration compilerCpu() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            return Duration.ofMillis(MILLIS_OF_A_TICK * threads.mapToLong(BrokerProcess::compilerTicks).sum());
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** User and system time, proc(5); behind the name, which has a blank. Of other threads, and one that has ended: 0. */
    private static long compilerTicks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return stat.contains(" CompilerThre") ? Long.parseLong(fields[11]) + Long.parseLong(fields[12]) : 0;
        } catch (IOException over) {
            return 0;
        }
    }

    /** All that it has printed, of all its lives. */
    String printed() {
        try {
            return Files.exists(log()) ? Files.readString(log()) : "";
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Puts a line of the test's own into the log. */
    void mark(String text) {
        try {
            Files.writeString(log(), "---- " + text + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private Path log() {
        return directory.resolve(name() + ".log");
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
        http.shutdownNow();
    }
}
