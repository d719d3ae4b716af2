package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.bridgehead.broker.config.BrokerConfig;
import io.bridgehead.broker.config.Endpoint;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each command asks of the node's API, what it prints, and how it fails. The API is a real HTTP server. */
class CommandLineTest {

    private record Request(String line, String authorization, String body) {}

    private record Answer(int status, String body) {}

    private final List<Request> requests = new ArrayList<>();
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<BrokerConfig> started = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Map<String, String> environment = Map.of("HOSTNAME", "here");
    private String input = "";
    private HttpServer api;
    private Path token;

    @TempDir
    Path directory;

    @BeforeEach
    void startApi() throws IOException {
        token = Files.writeString(directory.resolve("admin.token"), "t0ken\n");
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/", exchange -> {
            requests.add(new Request(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            Answer answer = answers.isEmpty() ? new Answer(204, "") : answers.remove();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        api.start();
    }

    @AfterEach
    void stopApi() {
        api.stop(0);
    }

    @Test
    void addSendsWhatWasGiven() {
        input = "4711\nnot the PIN\n";
        answers.add(new Answer(201, "{\"id\":\"anna@example.org\",\"expiresAt\":\"2026-12-20T12:00:00Z\"}"));

        assertThat(run("account", "add", "anna@example.org", "--pin-stdin", "--nickname", "Anna", "--plan", "gold",
                "--expires", "30d")).isZero();

        Request request = theRequest();
        assertThat(request.line()).isEqualTo("POST /v1/accounts");
        assertThat(request.authorization()).isEqualTo("Bearer t0ken");
        assertThat(new JsonObject(request.body())).isEqualTo(new JsonObject()
                .put("id", "anna@example.org").put("pin", "4711").put("nickname", "Anna").put("plan", "gold")
                .put("expiresAt", "2026-12-20T12:00:00Z"));
        assertThat(out).hasToString("added anna@example.org, expires 2026-12-20T12:00:00Z\n");
    }

    @Test
    void addSendsNothingThatWasNotGivenAndReadsThePinFromAFile() throws IOException {
        answers.add(new Answer(201, "{\"id\":\"anna@localhost\"}"));
        answers.add(new Answer(201, "{\"id\":\"ben@localhost\"}"));
        Path pin = Files.writeString(directory.resolve("pin"), "0815");

        run("account", "add", "anna");
        run("account", "add", "ben", "--pin-file", pin.toString());

        assertThat(requests).extracting(Request::body)
                .containsExactly("{\"id\":\"anna\"}", "{\"id\":\"ben\",\"pin\":\"0815\"}");
    }

    @Test
    void aPinIsNoArgument() {
        assertThat(run("account", "add", "anna", "--pin", "4711")).isEqualTo(2);
        assertThat(run("account", "add", "anna", "--pin-stdin", "--pin-file", "x")).isEqualTo(2);
        assertThat(run("account", "add", "anna", "--pin-stdin")).isEqualTo(1);
        assertThat(err.toString()).contains("bridgehead: standard input: no PIN on the first line");
        assertThat(requests).isEmpty();
    }

    @Test
    void extendGoesOnFromTheEndSoFar() {
        answers.add(new Answer(200, "{\"id\":\"a\",\"expiresAt\":\"2026-12-01T00:00:00Z\"}"));
        answers.add(new Answer(200, "{}"));

        assertThat(run("account", "extend", "anna@example.org", "30d")).isZero();

        assertThat(requests).extracting(Request::line)
                .containsExactly("GET /v1/accounts/anna%40example.org", "PATCH /v1/accounts/anna%40example.org");
        assertThat(requests.getLast().body()).isEqualTo("{\"expiresAt\":\"2026-12-31T00:00:00Z\"}");
    }

    @Test
    void extendOfAnExpiredAccountCountsFromNow() {
        answers.add(new Answer(200, "{\"id\":\"a\",\"expiresAt\":\"2026-01-01T00:00:00Z\"}"));

        run("account", "extend", "anna", "1d");

        assertThat(requests.getLast().body()).isEqualTo("{\"expiresAt\":\"2026-11-21T12:00:00Z\"}");
    }

    @Test
    void extendToADateOrForeverNeedsNoLook() {
        run("account", "extend", "anna", "2027-01-31T00:00:00+01:00");
        run("account", "extend", "anna", "never");

        assertThat(requests).extracting(Request::body)
                .containsExactly("{\"expiresAt\":\"2027-01-30T23:00:00Z\"}", "{\"expiresAt\":null}");
    }

    @Test
    void extendOfAnAccountThatNeverExpiresShortensNothing() {
        answers.add(new Answer(200, "{\"id\":\"anna\"}"));

        assertThat(run("account", "extend", "anna", "30d")).isEqualTo(1);
        assertThat(requests).hasSize(1);
        assertThat(err.toString()).startsWith("bridgehead: anna never expires");
    }

    @Test
    void listFollowsThePagesAndShowsATable() {
        answers.add(new Answer(200, "{\"accounts\":[{\"id\":\"a@x\",\"plan\":\"standard\",\"banned\":false,"
                + "\"hasPin\":true}],\"next\":\"a@x\"}"));
        answers.add(new Answer(200, "{\"accounts\":[{\"id\":\"b@x\",\"plan\":\"gold\",\"banned\":true,"
                + "\"banReason\":\"\\u001b[2Jspam\",\"expiresAt\":\"2027-01-01T00:00:00Z\"}]}"));

        assertThat(run("account", "list", "--query", "@x y")).isZero();

        assertThat(requests).extracting(Request::line).containsExactly(
                "GET /v1/accounts?query=%40x%20y&cursor=", "GET /v1/accounts?query=%40x%20y&cursor=a%40x");
        assertThat(out).hasToString("""
                ID   NICKNAME  PLAN      EXPIRES               PIN  STATE
                a@x  -         standard  never                 yes  ok
                b@x  -         gold      2027-01-01T00:00:00Z  no   banned: ?[2Jspam
                """);
    }

    @Test
    void jsonIsWhatTheNodeAnswered() {
        answers.add(new Answer(200, "{\"id\":\"a@x\",\"epoch\":3}"));

        assertThat(run("account", "show", "a@x", "--json")).isZero();

        assertThat(out).hasToString("{\"id\":\"a@x\",\"epoch\":3}\n");
    }

    @Test
    void showPrintsOneFieldALine() {
        answers.add(new Answer(200, "{\"id\":\"a@x\",\"epoch\":3}"));

        run("account", "show", "a@x");

        assertThat(out).hasToString("id: a@x\nepoch: 3\n");
    }

    @Test
    void theOtherCommandsAskTheirPaths() {
        run("account", "ban", "anna", "--reason", "spam");
        run("account", "unban", "anna");
        run("account", "remove", "anna");
        run("sessions", "--account", "a@x", "--node", "n1");
        run("sessions");
        run("kick", "s/1");
        run("explain", "a@x", "b@x");

        assertThat(requests).extracting(Request::line).containsExactly(
                "POST /v1/accounts/anna/ban",
                "POST /v1/accounts/anna/unban",
                "DELETE /v1/accounts/anna",
                "GET /v1/sessions?account=a%40x&node=n1",
                "GET /v1/sessions",
                "DELETE /v1/sessions/s%2F1",
                "GET /v1/explain?caller=a%40x&callee=b%40x");
        assertThat(requests).extracting(Request::authorization).containsOnly("Bearer t0ken");
        assertThat(requests.getFirst().body()).isEqualTo("{\"reason\":\"spam\"}");
        // the node refuses a body where none is described
        assertThat(requests.get(1).body()).isEmpty();
    }

    @Test
    void sessionsAreReadPageByPageAndAMissingNodeIsTold() {
        answers.add(new Answer(200, "{\"sessions\":[{\"id\":\"a-1\",\"node\":\"n1\"}],\"missing\":[],\"next\":\"a-1\"}"));
        answers.add(new Answer(200, "{\"sessions\":[{\"id\":\"b-1\",\"node\":\"n2\"}],\"missing\":[\"n3\"]}"));

        assertThat(run("sessions", "--node", "n1")).isZero();

        assertThat(requests).extracting(Request::line)
                .containsExactly("GET /v1/sessions?node=n1", "GET /v1/sessions?node=n1&cursor=a-1");
        assertThat(out.toString()).contains("a-1 ", "b-1 ");
        assertThat(err).hasToString("node n3 does not answer: its sessions are not in the list\n");
    }

    @Test
    void explainTellsTheRuleThatSaysNo() {
        answers.add(new Answer(200, "{\"works\":false,\"rules\":[{\"rule\":\"caller\",\"ok\":true,\"detail\":\"paid\"},"
                + "{\"rule\":\"callee\",\"ok\":false,\"detail\":\"not connected\"}]}"));

        assertThat(run("explain", "a@x", "b@x")).isZero();

        assertThat(out).hasToString("""
                RULE    SAYS  BECAUSE
                caller  yes   paid
                callee  NO    not connected
                a connect from a@x to b@x would not work
                """);
    }

    private static final String TWO_NODES = "{\"nodes\":[{\"name\":\"n1\",\"self\":false,\"incarnation\":\"a1\","
            + "\"answers\":false,\"state\":\"unreachable\",\"address\":\"192.0.2.1:5701\"},{\"name\":\"n2\",\"self\":true,"
            + "\"incarnation\":\"b2\",\"answers\":true,\"state\":\"%s\",\"since\":\"2026-11-20T12:00:00Z\","
            + "\"version\":\"1.2\",\"sessions\":3,\"bridges\":1}]}";

    @Test
    void statusShowsTheNodes() {
        answers.add(new Answer(200, TWO_NODES.formatted("ready")));

        assertThat(run("status")).isZero();

        assertThat(theRequest().line()).isEqualTo("GET /v1/nodes");
        assertThat(out).hasToString("""
                NODE  STATE        SINCE                 SESSIONS  BRIDGES  BUS      VERSION  ADDRESS         INCARNATION
                n1    unreachable  -                     -         -        SILENT   -        192.0.2.1:5701  a1
                n2*   ready        2026-11-20T12:00:00Z  3         1        answers  1.2      -               b2
                """);
    }

    @Test
    void drainAndUndrainAreForTheNodeThatIsNamedOrElseForTheOneThatIsAsked() {
        answers.add(new Answer(202, "{\"name\":\"n1\",\"state\":\"draining\"}"));
        answers.add(new Answer(200, TWO_NODES.formatted("ready")));
        answers.add(new Answer(202, "{\"name\":\"n2\",\"state\":\"stopping\"}"));
        answers.add(new Answer(200, TWO_NODES.formatted("drained")));
        answers.add(new Answer(200, "{\"name\":\"n2\",\"state\":\"ready\"}"));

        assertThat(run("drain", "n1")).isZero();
        assertThat(run("drain", "--stop")).isZero();
        assertThat(run("undrain")).isZero();

        assertThat(requests).extracting(Request::line).containsExactly(
                "POST /v1/nodes/n1/drain", "GET /v1/nodes", "POST /v1/nodes/n2/drain?stop=true", "GET /v1/nodes",
                "POST /v1/nodes/n2/undrain");
        assertThat(requests).extracting(Request::body).containsOnly("");
        assertThat(out).hasToString("n1 is draining\nn2 is stopping\nn2 is ready\n");
    }

    @Test
    void drainCanWaitForTheEnd() {
        answers.add(new Answer(202, "{\"name\":\"n2\",\"state\":\"draining\"}"));
        answers.add(new Answer(200, TWO_NODES.formatted("draining")));
        answers.add(new Answer(200, TWO_NODES.formatted("drained")));
        answers.add(new Answer(202, "{\"name\":\"n2\",\"state\":\"draining\"}"));
        answers.add(new Answer(200, TWO_NODES.formatted("ready")));

        assertThat(run("drain", "n2", "--wait")).isZero();
        assertThat(run("drain", "n2", "--wait")).isEqualTo(1);
        assertThat(run("drain", "n2", "--wait", "--stop")).isEqualTo(2);

        assertThat(out).hasToString("n2 is drained\n");
        assertThat(err.toString()).contains("bridgehead: n2 is ready (expected: drained)");
        assertThat(requests).hasSize(5);
    }

    @Test
    void aProblemDocumentIsOneLine() {
        answers.add(new Answer(409, "{\"title\":\"Conflict\",\"status\":409,\"detail\":\"id a@x\\nexists\"}"));
        answers.add(new Answer(502, "<html>"));
        answers.add(new Answer(401, ""));

        assertThat(run("account", "add", "a@x")).isEqualTo(1);
        assertThat(run("account", "show", "a@x")).isEqualTo(1);
        assertThat(run("account", "show", "a@x")).isEqualTo(1);

        assertThat(err.toString().lines()).hasSize(3)
                .contains("bridgehead: 409 Conflict: id a@x?exists")
                .anyMatch(line -> line.startsWith("bridgehead: 502: the node refused GET http://"))
                .anyMatch(line -> line.startsWith("bridgehead: 401: the node does not know this token"));
    }

    @Test
    void aNodeThatIsNotThereIsOneLine() throws IOException {
        int free = FreePorts.of(1).getFirst();

        assertThat(runBare("sessions", "--admin", "http://127.0.0.1:" + free, "--token-file", token.toString()))
                .isEqualTo(1);
        assertThat(err).hasToString("bridgehead: http://127.0.0.1:" + free
                + ": no connection; is the node running, and is this its admin.listen?\n");
    }

    @Test
    void aMissingTokenFileIsOneLine() {
        assertThat(runBare("sessions", "--set", "admin.token-file=" + directory.resolve("none"))).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).startsWith("bridgehead: token file " + directory.resolve("none") + ": no such file");
    }

    @Test
    void addressAndTokenComeFromTheFlagsToo() {
        String url = "http://127.0.0.1:" + api.getAddress().getPort();

        assertThat(runBare("account", "--admin", url, "unban", "a@x", "--token-file", token.toString())).isZero();
        assertThat(requests).hasSize(1);
        assertThat(runBare("sessions", "--admin", "127.0.0.1:1", "--token-file", token.toString())).isEqualTo(2);
    }

    @Test
    void addressAndTokenComeFromTheEnvironmentToo() {
        environment = Map.of(
                "BRIDGEHEAD_ADMIN_LISTEN", "127.0.0.1:" + api.getAddress().getPort(),
                "BRIDGEHEAD_ADMIN_TOKEN_FILE", token.toString());

        assertThat(runBare("sessions")).isZero();
        assertThat(requests).hasSize(1);
    }

    @Test
    void wrongUsageIsTwo() {
        assertThat(runBare()).isEqualTo(2);
        assertThat(runBare("account")).isEqualTo(2);
        assertThat(runBare("explain", "only-one")).isEqualTo(2);
        assertThat(runBare("dance")).isEqualTo(2);
        assertThat(run("account", "extend", "anna", "soon")).isEqualTo(2);
        assertThat(requests).isEmpty();
    }

    @Test
    void aBadConfigurationIsTwoWithOneLineForEachProblem() {
        assertThat(runBare("serve", "--set", "estim.max-line-bytes=0", "--set", "estim.lisen=x")).isEqualTo(2);

        assertThat(err.toString().lines()).containsExactlyInAnyOrder(
                "estim.max-line-bytes: 0 (expected: 64..65536), --set",
                "estim.lisen: unknown key (did you mean estim.listen?), --set");
        assertThat(started).isEmpty();
    }

    @Test
    void checkConfigSaysWhatServeWouldSay() throws IOException {
        Path good = Files.writeString(directory.resolve("good.yaml"), "node: {name: a}\n");
        Path bad = Files.writeString(directory.resolve("bad.yaml"), "node: {nam: a}\n");

        assertThat(runBare("check-config", "--config", good.toString())).isZero();
        assertThat(runBare("check-config", "--config", bad.toString())).isEqualTo(2);
        assertThat(out).hasToString("ok: " + good + "\n");
        assertThat(err).hasToString("node.nam: unknown key (did you mean node.name?), " + bad + " line 1\n");
    }

    @Test
    void serveRunsTheNodeWithTheConfigurationAndPassesItsExitCodeOn() {
        assertThat(runBare("serve", "--set", "estim.max-offers=3")).isEqualTo(42);

        assertThat(started).singleElement().extracting(config -> config.estim().maxOffers()).isEqualTo(3);
    }

    @Test
    void demoRunsOnTheLoopbackAddressAndKeepsNothing() {
        assertThat(runBare("demo", "--set", "estim.websocket=127.0.0.1:0")).isEqualTo(42);

        BrokerConfig config = started.getFirst();
        assertThat(config.estim().listen()).containsExactly(new Endpoint("127.0.0.1", 37846));
        assertThat(config.estim().websocket()).containsExactly(new Endpoint("127.0.0.1", 0));
        assertThat(config.node().dataDir()).doesNotExist();
        BrokerConfig second = started.getLast();
        assertThat(second.estim().listen()).containsExactly(new Endpoint("127.0.0.1", 37856));
        assertThat(second.cluster().members()).isEqualTo(config.cluster().members()).hasSize(2);
    }

    @Test
    void theDemosNodesListenOnPortsOfTheirOwn() {
        assertThat(runBare("demo")).isEqualTo(42);
        assertThat(started.stream()
                        .flatMap(config -> Stream.of(
                                config.estim().listen(), config.estim().websocket(), config.signalling().listen(),
                                config.relay().hosts(), config.relay().commands(), config.relay().clients(),
                                config.admin().listen(), config.metrics().listen(), config.cluster().listen(),
                                config.cluster().eventBus()))
                        .flatMap(List::stream)
                        .map(Endpoint::port))
                .hasSize(20)
                .doesNotHaveDuplicates();
    }

    @Test
    void aRelayTokenComesWithTheHashThatTheConfigurationTakes() throws Exception {
        assertThat(runBare("relay", "token")).isZero();

        List<String> lines = out.toString().lines().toList();
        String token = lines.get(0).substring("token:  ".length());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        assertThat(token).matches("[A-Za-z0-9_-]{43}");
        assertThat(lines.get(1)).isEqualTo("config: \"sha256:" + HexFormat.of().formatHex(hash) + "\"");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(runBare("--help")).isZero();
        // by name: the commands' descriptions speak of each other
        assertThat(out.toString().lines().filter(line -> line.matches("  [a-z-]+ {2,}.*")).map(String::strip)
                        .map(line -> line.split(" ", 2)[0]))
                .containsExactly(
                        "serve", "demo", "prepare", "check-config", "host", "cluster", "account", "sessions", "kick", "explain",
                        "status", "drain", "undrain", "relay", "bench");
    }

    private Request theRequest() {
        assertThat(requests).hasSize(1);
        return requests.getFirst();
    }

    /** With the API's address and token in --set. */
    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--set", "admin.listen=127.0.0.1:" + api.getAddress().getPort()));
        all.addAll(List.of("--set", "admin.token-file=" + token));
        return runBare(all.toArray(String[]::new));
    }

    private int runBare(String... arguments) {
        Surroundings surroundings = new Surroundings(
                environment,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC));
        NodeRunner node = (configs, mode) -> {
            started.addAll(configs);
            return 42;
        };
        return Bridgehead.commandLine(node, surroundings, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(arguments);
    }
}
