package io.bridgehead.broker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.FreePorts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The client against a small broker: what it reports, and that it notices what is wrong. Nothing about time. */
@Timeout(60)
class BenchCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path dir;

    @Test
    void bridgeReportsThroughputAndRoundTripsOfEachRound() throws IOException {
        try (SmallBroker broker = new SmallBroker(SmallBroker.FAITHFUL)) {
            JsonObject report = measured(quickly("bridge", broker, "--rounds", "2"));

            assertThat(report.getString("bench")).isEqualTo("bridge");
            assertThat(report.getJsonObject("settings").getString("payload")).isEqualTo("RANDOM");
            assertThat(whats(report))
                    .containsExactly("throughput", "round trip p50", "round trip p99", "round trip p99.9");
            for (Object figure : report.getJsonArray("figures")) {
                assertThat(((JsonObject) figure).getJsonArray("rounds")).hasSize(2);
                assertThat(((JsonObject) figure).getDouble("median")).isPositive();
            }
        }
    }

    @Test
    void bridgeCarriesEveryKindOfPayload() throws IOException {
        try (SmallBroker broker = new SmallBroker(SmallBroker.FAITHFUL)) {
            for (String kind : new String[] {"random", "text", "zeros"}) {
                assertThat(run(quickly("bridge", broker, "--payload", kind))).as(err.toString()).isZero();
            }
        }
    }

    @Test
    void bridgeNoticesAByteThatWasChanged() throws IOException {
        SmallBroker.Wire changing = (bytes, length, to) -> {
            bytes[length / 2] ^= 1;
            to.write(bytes, 0, length);
        };
        try (SmallBroker broker = new SmallBroker(changing)) {
            assertThat(run(quickly("bridge", broker))).isEqualTo(1);
            assertThat(err.toString()).contains("is not the one that was sent");
        }
    }

    @Test
    void bridgeComparesTheBrokerWithAProxy() throws IOException {
        int backend = freePort();
        try (SmallBroker broker = new SmallBroker(SmallBroker.FAITHFUL);
                SmallProxy proxy = new SmallProxy(backend)) {
            JsonObject report = measured(quickly(
                    "bridge",
                    broker,
                    "--proxy",
                    HostPort.text(proxy.address()),
                    "--backend-port",
                    Integer.toString(backend),
                    "--proxy-name",
                    "small"));

            assertThat(report.getJsonArray("figures")).hasSize(8);
            assertThat(out.toString()).contains("broker / small");
        }
    }

    @Test
    void bridgeComparesARelayWithAProxy() throws IOException {
        int relayBackend = freePort();
        int backend = freePort();
        try (SmallProxy relay = new SmallProxy(relayBackend);
                SmallProxy proxy = new SmallProxy(backend)) {
            JsonObject report = measured("bridge", "--relay", HostPort.text(relay.address()),
                    "--relay-backend-port", Integer.toString(relayBackend),
                    "--proxy", HostPort.text(proxy.address()), "--backend-port", Integer.toString(backend),
                    "--seconds", "0.1", "--warm-up", "0", "--rounds", "1", "--round-trips", "100", "--verify", "3MiB");

            assertThat(report.getJsonArray("figures")).hasSize(8);
            assertThat(out.toString()).contains("relay / proxy");
        }
    }

    @Test
    void dialsReportConnectionsPerSecondToABackendThatEchoes() throws IOException {
        int backend = freePort();
        try (SmallProxy proxy = new SmallProxy(backend)) {
            JsonObject report = measured("dials", "--proxy", HostPort.text(proxy.address()),
                    "--backend-port", Integer.toString(backend), "--dials", "50", "--parallel", "4");

            assertThat(whats(report)).containsExactly(
                    "connections", "connect to first answer p50", "connect to first answer p99");
            assertThat(proxy.connectedOnwards()).isEqualTo(60);
        }
    }

    @Test
    void idleReportsMemoryForEachUser() throws IOException {
        try (SmallBroker broker = new SmallBroker(SmallBroker.FAITHFUL)) {
            JsonObject report = measured(
                    "idle",
                    "--broker",
                    HostPort.text(broker.address()),
                    "--pid",
                    Long.toString(ProcessHandle.current().pid()),
                    "--users",
                    "300");

            assertThat(whats(report)).contains("users", "resident before", "memory taken for each");
            assertThat(value(report, "users")).isEqualTo(300);
            assertThat(value(report, "lost while idle")).isZero();
        }
    }

    @Test
    void idleCountsConnectionsThroughAProxyWhenItHasConnectedOnwards() throws IOException {
        int backend = freePort();
        try (SmallProxy proxy = new SmallProxy(backend)) {
            JsonObject report = measured(
                    "idle",
                    "--plain",
                    "--broker",
                    HostPort.text(proxy.address()),
                    "--backend-port",
                    Integer.toString(backend),
                    "--pid",
                    Long.toString(ProcessHandle.current().pid()),
                    "--users",
                    "50");

            assertThat(value(report, "connections")).isEqualTo(50);
            assertThat(proxy.connectedOnwards()).isEqualTo(50);
        }
    }

    @Test
    void registrationsAndConnectsReportRateAndPercentiles() throws IOException {
        try (SmallBroker broker = new SmallBroker(SmallBroker.FAITHFUL)) {
            String address = HostPort.text(broker.address());
            JsonObject registrations =
                    measured("registrations", "--broker", address, "--users", "50", "--parallel", "4");
            JsonObject connects = measured("connects", "--broker", address, "--pairs", "20", "--parallel", "2");

            assertThat(whats(registrations))
                    .containsExactly("registrations", "connect to registered p50", "connect to registered p99");
            assertThat(whats(connects))
                    .containsExactly("connects", "connect to connected p50", "connect to connected p99");
            assertThat(value(registrations, "registrations")).isPositive();
            assertThat(value(connects, "connects")).isPositive();
        }
    }

    @Test
    void whatTheBrokerRefusesIsTold() throws IOException {
        try (SmallBroker broker = new SmallBroker(SmallBroker.FAITHFUL)) {
            LineClient client = LineClient.connect(broker.address(), 0);
            try (client) {
                client.send(";register=banned@example.org");
                assertThat(catchFailure(client)).contains(";failed:3=banned").contains(";registered:");
            }
        }
    }

    @Test
    void nobodyListeningIsOneLineAndExitCodeOne() throws IOException {
        assertThat(run("registrations", "--broker", "127.0.0.1:" + freePort(), "--users", "1")).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1).first().asString().startsWith("bridgehead bench: 127.0.0.1:");
    }

    @Test
    void badOptionsAreRefusedWithWhatWasExpected() {
        assertThat(run("bridge", "--broker", "here")).isEqualTo(2);
        assertThat(run("bridge", "--broker", "127.0.0.1:1", "--chunk", "64k")).isEqualTo(2);
        assertThat(run("bridge")).isEqualTo(2);
        assertThat(err.toString())
                .contains("expected: HOST:PORT")
                .contains("like 64KiB")
                .contains("--broker: none (expected: it, --proxy or both)");
    }

    private static String catchFailure(LineClient client) {
        try {
            client.await(";registered:banned@example.org");
            return "nothing failed";
        } catch (IOException told) {
            return told.getMessage();
        }
    }

    private static String[] quickly(String bench, SmallBroker broker, String... more) {
        List<String> arguments = new ArrayList<>(List.of(bench, "--broker", HostPort.text(broker.address())));
        arguments.addAll(List.of("--seconds", "0.1", "--warm-up", "0", "--round-trips", "100", "--verify", "3MiB"));
        if (!List.of(more).contains("--rounds")) {
            arguments.addAll(List.of("--rounds", "1"));
        }
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private JsonObject measured(String... arguments) throws IOException {
        Path file = dir.resolve("report.json");
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", file.toString()));
        assertThat(run(all.toArray(String[]::new))).as(err.toString()).isZero();
        return new JsonObject(Files.readString(file));
    }

    private int run(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private static List<String> whats(JsonObject report) {
        return figures(report).stream().map(figure -> figure.getString("what")).toList();
    }

    private static double value(JsonObject report, String what) {
        return figures(report).stream()
                .filter(figure -> figure.getString("what").equals(what))
                .findFirst()
                .orElseThrow()
                .getDouble("median");
    }

    private static List<JsonObject> figures(JsonObject report) {
        JsonArray figures = report.getJsonArray("figures");
        return figures.stream().map(JsonObject.class::cast).toList();
    }

    private static int freePort() {
        return FreePorts.of(1).getFirst();
    }
}
