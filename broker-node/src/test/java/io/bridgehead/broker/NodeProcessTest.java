package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node as a process: signals, exit codes, what is left after a kill. */
class NodeProcessTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @Test
    void sigtermDrainsAndLetsABridgeFinish() throws Exception {
        try (ServerProcess server = ServerProcess.serve(directory, "accounts.mode=open", "node.drain-time=60s",
                        "node.accept-grace=0s");
                LineClient ann = LineClient.registered(server.port("tcp"), "ann");
                LineClient bob = LineClient.registered(server.port("tcp"), "bob");
                LineClient idle = LineClient.registered(server.port("tcp"), "idle");
                LineClient stranger = LineClient.connect(server.port("tcp"))) {
            LineClient.bridge(ann, "ann", bob, "bob");
            assertThat(ready(server)).isEqualTo(200);

            server.terminate();

            idle.expect(";error:broker is shutting down");
            idle.expectClosed();
            stranger.expect(";error:broker is shutting down");
            stranger.expectClosed();
            assertThat(ready(server)).isEqualTo(503);
            assertThatThrownBy(() -> LineClient.connect(server.port("tcp"))).isInstanceOf(ConnectException.class);
            ann.write("still talking\n");
            bob.expectData("still talking\n");
            ann.send(";end");
            bob.expect(";disconnected", ";error:broker is shutting down");
            ann.expect(";error:broker is shutting down");
            assertThat(server.exitCode(LONG)).isZero();
            assertThat(server.err()).doesNotContain("Exception", "ERROR");
        }
    }

    /** Load balancers take some seconds to notice; what they still send here meanwhile is not refused. */
    @Test
    void sigtermStillAcceptsForTheGrace() throws Exception {
        try (ServerProcess server = ServerProcess.serve(
                directory, "accounts.mode=open", "node.drain-time=60s", "node.accept-grace=3s")) {
            server.terminate();
            await().until(() -> ready(server) == 503);
            try (LineClient late = LineClient.registered(server.port("tcp"), "late")) {
                late.expectNothingElse();
                late.expect(";error:broker is shutting down");
                late.expectClosed();
            }
            assertThat(server.exitCode(LONG)).isZero();
        }
    }

    @Test
    void aDrainThatIsToStopEndsTheProcess() throws Exception {
        try (ServerProcess server = ServerProcess.serve(
                        directory, "accounts.mode=open", "node.drain-time=60s", "node.accept-grace=0s");
                LineClient idle = LineClient.registered(server.port("tcp"), "idle")) {
            HttpResponse<String> drained = admin(server, "POST", "/v1/nodes/n1/drain", null);
            assertThat(drained.statusCode()).isEqualTo(202);
            idle.expect(";error:broker is shutting down");
            await().until(() -> admin(server, "GET", "/v1/nodes", null).body().contains("\"drained\""));
            assertThat(server.isAlive()).isTrue();

            HttpResponse<String> stops = admin(server, "POST", "/v1/nodes/n1/drain?stop=true", null);
            assertThat(stops.statusCode()).isEqualTo(202);
            assertThat(new JsonObject(stops.body()).getString("state")).isEqualTo("stopping");
            assertThat(server.exitCode(LONG)).isZero();
        }
    }

    @Test
    void theDrainTimeEndsABridgeThatDoesNot() throws Exception {
        try (ServerProcess server = ServerProcess.serve(directory, "accounts.mode=open", "node.drain-time=300ms");
                LineClient ann = LineClient.registered(server.port("tcp"), "ann");
                LineClient bob = LineClient.registered(server.port("tcp"), "bob")) {
            LineClient.bridge(ann, "ann", bob, "bob");
            server.terminate();
            assertThat(List.of(ann.line(), bob.line())).contains(";error:broker is shutting down");
            assertThat(server.exitCode(LONG)).isZero();
        }
    }

    @Test
    void aSecondSigtermEndsAtOnce() throws Exception {
        try (ServerProcess server = ServerProcess.serve(directory, "accounts.mode=open", "node.drain-time=1h");
                LineClient ann = LineClient.registered(server.port("tcp"), "ann");
                LineClient bob = LineClient.registered(server.port("tcp"), "bob")) {
            LineClient.bridge(ann, "ann", bob, "bob");
            server.terminate();
            await().until(() -> ready(server) == 503);
            server.terminate();
            assertThat(server.exitCode(Duration.ofSeconds(2))).isEqualTo(143);
        }
    }

    @Test
    void aKilledNodeLosesNoAccountItAcknowledged() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        try (ServerProcess server = ServerProcess.serve(directory)) {
            Thread creator = Thread.ofVirtual().start(() -> createUntilRefused(server, acknowledged));
            await().atMost(LONG).until(() -> acknowledged.size() >= 200);
            server.kill();
            creator.join();
        }
        try (ServerProcess again = ServerProcess.serve(directory)) {
            for (String id : acknowledged) {
                assertThat(admin(again, "GET", "/v1/accounts/" + id, null).statusCode()).as(id).isEqualTo(200);
            }
            try (LineClient client = LineClient.registered(again.port("tcp"), acknowledged.iterator().next())) {
                client.expectNothingElse();
            }
        }
    }

    private void createUntilRefused(ServerProcess server, Set<String> acknowledged) {
        for (int n = 0; n < 100_000; n++) {
            String id = "user" + n + "@example.org";
            try {
                if (admin(server, "POST", "/v1/accounts", new JsonObject().put("id", id)).statusCode() == 201) {
                    acknowledged.add(id);
                }
            } catch (IOException killed) {
                return;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Test
    void aBadConfigurationIsOneLineAndExitCodeTwo() throws Exception {
        assertRefused("estim.max-line-bytes: 0 (expected: 64..65536), --set", "estim.max-line-bytes=0");
    }

    @Test
    void aPortInUseIsOneLineAndExitCodeTwo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String endpoint = "127.0.0.1:" + taken.getLocalPort();
            assertRefused("bridgehead: estim.listen: " + endpoint + " is in use (expected: a free port)",
                    "estim.listen=" + endpoint);
            for (String key : List.of("estim.websocket", "signalling.listen", "admin.listen", "metrics.listen")) {
                assertThatThrownBy(() -> TestNode.start(directory, key + "=" + endpoint))
                        .isInstanceOf(StartRefused.class)
                        .hasMessageStartingWith(key)
                        .hasMessageContaining(endpoint)
                        .hasMessageContaining("in use");
            }
        }
    }

    @Test
    void anUnreadableFileIsOneLineAndExitCodeTwo() throws Exception {
        Path notADirectory = Files.writeString(directory.resolve("plain"), "x");
        try (ServerProcess server = ServerProcess.run(directory,
                ServerProcess.serveArguments(directory, "store.url=jdbc:sqlite:" + notADirectory + "/b.db"))) {
            assertThat(server.exitCode(LONG)).isEqualTo(2);
            assertThat(lines(server)).hasSize(1).first().asString().contains("store.url", notADirectory.toString());
        }
    }

    private void assertRefused(String line, String... sets) throws Exception {
        try (ServerProcess server = ServerProcess.run(directory, ServerProcess.serveArguments(directory, sets))) {
            assertThat(server.exitCode(LONG)).isEqualTo(2);
            assertThat(lines(server)).containsExactly(line);
        }
    }

    /** What the operator is told; the log's own lines start with a time. */
    private static List<String> lines(ServerProcess server) {
        return server.err().lines().filter(line -> !line.startsWith("time=")).toList();
    }

    @Test
    void theDemoIsWhatItPrints() throws Exception {
        try (ServerProcess demo = ServerProcess.run(directory, "demo",
                "--set", "estim.listen=127.0.0.1:0", "--set", "estim.websocket=127.0.0.1:0",
                "--set", "signalling.listen=127.0.0.1:0",
                "--set", "admin.listen=127.0.0.1:0", "--set", "metrics.listen=127.0.0.1:0")) {
            await().atMost(LONG).until(() -> !demo.isAlive() || demo.out().contains("Ctrl-C"));
            String told = demo.out();
            Matcher terminal = Pattern.compile("nc 127\\.0\\.0\\.1 (\\d+)\\n\\s+and type +(;\\S+)\\n").matcher(told);
            assertThat(terminal.find()).as("%s", told).isTrue();
            int port = Integer.parseInt(terminal.group(1));
            String secondTypes = terminal.group(2);
            assertThat(terminal.find()).isTrue();
            int otherPort = Integer.parseInt(terminal.group(1));
            assertThat(otherPort).as("the two sit on different nodes").isNotEqualTo(port);
            Matcher then = Pattern.compile("\\n +(;connect=\\S+)\\n.*?: +(;accept=\\S+)\\n").matcher(told);
            assertThat(then.find()).isTrue();
            try (LineClient second = LineClient.connect(port);
                    LineClient third = LineClient.connect(otherPort)) {
                second.write(secondTypes + "\n");
                second.expect(";registered:bob@example.org");
                third.write(terminal.group(2) + "\n" + then.group(1) + "\n");
                third.expect(";registered:alice@example.org");
                second.expect(";connect=alice@example.org");
                second.write(then.group(2) + "\n");
                second.expect(";connected");
                third.expect(";connected");
                third.write("hello\n");
                second.expectData("hello\n");
            }
            Matcher metrics = Pattern.compile("http://\\S+/metrics").matcher(told);
            assertThat(metrics.find()).isTrue();
            assertThat(get(metrics.group()).body()).contains("bridgehead_sessions");
            demo.terminate();
            assertThat(demo.exitCode(LONG)).isZero();
            Matcher token = Pattern.compile("--token-file (\\S+)").matcher(told);
            assertThat(token.find()).isTrue();
            assertThat(Path.of(token.group(1)).getParent()).doesNotExist();
        }
    }

    private static int ready(ServerProcess server) throws IOException, InterruptedException {
        return server.metrics("/health/ready").statusCode();
    }

    private HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> admin(ServerProcess server, String method, String path, JsonObject body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port("admin") + path))
                .header("Authorization", "Bearer " + Files.readString(directory.resolve("admin.token")).strip());
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body.encode()));
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
