package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.config.ConfigLoader;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A whole node in this process, on free ports of the loopback address, and what an operator asks of it. */
final class TestNode implements AutoCloseable {

    static final String HOME = "example.org";

    final Node node;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String token;

    private TestNode(Node node, String token) {
        this.node = node;
        this.token = token;
    }

    /** Everything it keeps goes into {@code directory}; {@code sets} as for {@code --set}. */
    static TestNode start(Path directory, String... sets) throws IOException {
        List<String> all = settings(directory);
        all.addAll(List.of(sets));
        Node node = Node.start(new ConfigLoader(Optional.empty(), Map.of(), all).load());
        return new TestNode(node, Files.readString(directory.resolve("admin.token")).strip());
    }

    /** What every node of a test has, as for {@code --set}. */
    static List<String> settings(Path directory) {
        return new ArrayList<>(List.of(
                "node.name=n1",
                "node.domain=" + HOME,
                "node.data-dir=" + directory,
                "node.drain-time=0s",
                "store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"),
                "admin.token-file=" + directory.resolve("admin.token"),
                "estim.listen=127.0.0.1:0",
                "estim.websocket=127.0.0.1:0",
                "estim.connections-per-second=0",
                "signalling.listen=127.0.0.1:0",
                "signalling.connections-per-second=0",
                "relay.hosts=127.0.0.1:0",
                "relay.commands=127.0.0.1:0",
                "relay.clients=127.0.0.1:0",
                "relay.connections-per-second=0",
                "admin.listen=127.0.0.1:0",
                "metrics.listen=127.0.0.1:0"));
    }

    int tcp() {
        return node.ports().tcp().get(0);
    }

    int webSocket() {
        return node.ports().webSocket().get(0);
    }

    int signalling() {
        return node.ports().signalling().get(0);
    }

    /** Where the clients of the n-th client port come in; the common ones are first. */
    int relayClients(int number) {
        return node.ports().relay().clients().get(number);
    }

    int relayHosts() {
        return node.ports().relay().hosts().get(0);
    }

    int relayCommands() {
        return node.ports().relay().commands().get(0);
    }

    LineClient connect() throws IOException {
        return LineClient.connect(tcp());
    }

    LineClient registered(String id) throws IOException {
        return LineClient.registered(tcp(), id);
    }

    /** Makes accounts without a PIN. */
    void accounts(String... ids) {
        for (String id : ids) {
            account(id, Optional.empty(), Optional.empty());
        }
    }

    void account(String id, Optional<String> pin, Optional<String> nickname) {
        NewAccount account = new NewAccount(
                AccountId.require(id, HOME), pin, nickname.map(Nickname::new), Optional.empty(), Optional.empty());
        node.accounts().create(account).toCompletionStage().toCompletableFuture().join();
    }

    // ---- the admin API

    HttpResponse<String> admin(String method, String path, JsonObject body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.ports().admin() + path))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + token);
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body.encode()));
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** How many sessions there are in the cluster, those among them that have not registered. */
    int sessions() throws Exception {
        return new JsonObject(admin("GET", "/v1/sessions", null).body()).getJsonArray("sessions").size();
    }

    /** The id of the account's session. */
    String session(String account) throws Exception {
        JsonObject answer = new JsonObject(admin("GET", "/v1/sessions?account=" + account, null).body());
        return answer.getJsonArray("sessions").getJsonObject(0).getString("id");
    }

    // ---- metrics and health

    HttpResponse<String> metrics(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.ports().metrics() + path);
        return http.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    /** The scraped value of a series, written as Prometheus writes it, such as {@code name{tag="value"}}. */
    double metric(String series) throws Exception {
        HttpResponse<String> scrape = metrics("/metrics");
        assertThat(scrape.statusCode()).isEqualTo(200);
        return Scrape.value(scrape.body(), series);
    }

    /** Of all series of the metric. */
    double sum(String metric) throws Exception {
        return metrics("/metrics").body().lines()
                .filter(line -> line.startsWith(metric + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        node.stop();
    }
}
