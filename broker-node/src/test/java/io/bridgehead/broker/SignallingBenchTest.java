package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bench.BenchCommand;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The signalling benchmarks against a node and against a small PeerServer: what they report. Nothing about time. */
class SignallingBenchTest {

    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    private Path directory;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = TestNode.start(Files.createDirectory(directory.resolve("node")),
                "signalling.messages-per-second=100000", "signalling.message-burst=100000");
    }

    @AfterEach
    void stop() {
        node.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** As npm's {@code peer} answers: OPEN first, and what is for another goes there with its sender's name. */
    private int peerServer() {
        Map<String, ServerWebSocket> peers = new ConcurrentHashMap<>();
        HttpServer server = vertx.createHttpServer().webSocketHandler(socket -> {
            String id = socket.query().replaceAll(".*&id=([^&]*).*", "$1");
            peers.put(id, socket);
            socket.writeTextMessage("{\"type\":\"OPEN\"}");
            socket.textMessageHandler(text -> {
                JsonObject message = new JsonObject(text);
                peers.get(message.getString("dst")).writeTextMessage(message.put("src", id).encode());
            });
        });
        return server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join().actualPort();
    }

    private int run(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private JsonObject measured(String... arguments) throws Exception {
        Path json = directory.resolve("report.json");
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--json";
        all[arguments.length + 1] = json.toString();
        assertThat(run(all)).as("%s", err).isZero();
        return new JsonObject(Files.readString(json));
    }

    private static String self() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private String broker() {
        return "127.0.0.1:" + node.signalling();
    }

    @Test
    void bothCarryTheSameMessagesAndTheirCostsStandSideBySide() throws Exception {
        JsonObject report = measured("signalling", "--broker", broker() + "," + broker(), "--broker-pid", self(),
                "--peerjs", "127.0.0.1:" + peerServer(), "--peerjs-pid", self(),
                "--couples", "4", "--rounds", "2", "--seconds", "1", "--warm-up", "1");

        assertThat(report.getJsonArray("figures")).hasSize(14).allSatisfy(figure -> {
            assertThat(((JsonObject) figure).getDouble("median")).isPositive();
            assertThat(((JsonObject) figure).getJsonArray("rounds")).hasSize(2);
        });
        assertThat(out.toString()).contains("broker / peerjs").contains("messages a core").contains("of it in the kernel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "5"})
    void aRateIsKept(String burst) throws Exception {
        JsonObject report = measured("signalling", "--broker", broker(), "--broker-pid", self(),
                "--couples", "4", "--rounds", "1", "--seconds", "2", "--rate", "100",
                "--burst", burst, "--warm-up", "0");

        JsonObject messages = report.getJsonArray("figures").getJsonObject(0);
        assertThat(messages.getString("what")).isEqualTo("messages");
        assertThat(messages.getDouble("median")).isBetween(10.0, 130.0);
    }

    @Test
    void idlePeersAreCountedAndTheirMemory() throws Exception {
        JsonObject report = measured("signalling-idle", "--broker", broker(), "--pid", self(), "--peers", "40");

        assertThat(report.getJsonArray("figures").getJsonObject(0).getDouble("median")).isEqualTo(40);
        assertThat(out.toString()).contains("memory taken for each");
    }

    @Test
    void whatCannotBeMeasuredIsToldInOneLine() {
        assertThat(run("signalling-idle", "--pid", self())).isEqualTo(2);
        assertThat(err.toString()).contains("either --broker or --peerjs");
        assertThat(run("signalling", "--broker", "127.0.0.1:1", "--broker-pid", self(), "--couples", "1"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("bridgehead bench: peers do not meet: ");
        assertThat(run("signalling", "--broker", broker(), "--broker-pid", self(), "--peerjs", broker())).isEqualTo(2);
        assertThat(err.toString()).contains("--peerjs-pid: null (expected: with --peerjs, and only then)");
        assertThat(run("signalling", "--broker", broker(), "--broker-pid", self(), "--burst", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--burst: 0 (expected: 1..100)");
    }
}
