package io.bridgehead.broker.admin;

import io.bridgehead.broker.account.AccountPolicy;
import io.bridgehead.broker.bridge.ClusterView;
import io.bridgehead.broker.bridge.Explain;
import io.bridgehead.broker.bus.NoBus;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.CertificateReload;
import io.bridgehead.broker.listener.ConnectionResult;
import io.bridgehead.broker.listener.NativeTransport;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.LocalSessions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An AdminServer on a port of its own, and clients for it. */
final class RunningAdmin implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final NodeId NODE = new NodeId("n1");

    private static final AccountPolicy POLICY = new AccountPolicy(AccountPolicy.Mode.SUBSCRIPTION, false, "example.org",
            "standard", Map.of("standard", new AccountPolicy.Plan(1, Duration.ZERO)));

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Vertx vertx = vertx(registry);
    final InMemoryAccounts accounts = new InMemoryAccounts();
    final LocalSessions sessions = new LocalSessions();
    final InMemoryPresenceRegistry presence = new InMemoryPresenceRegistry();
    final List<BridgeInfo> bridges = new CopyOnWriteArrayList<>();
    final RecordedNodes nodes = new RecordedNodes();
    final RecordedConsents consents = new RecordedConsents();
    final String token;
    final int port;

    private final HttpClient client = HttpClient.newHttpClient();
    private final AdminServer server;

    RunningAdmin(Path directory) throws Exception {
        this(directory, Optional.empty());
    }

    RunningAdmin(Path directory, Optional<TlsFiles> tls) throws Exception {
        this(directory, tls, Duration.ofSeconds(10));
    }

    /** @param requestTime for the head of a connection's first request */
    RunningAdmin(Path directory, Optional<TlsFiles> tls, Duration requestTime) throws Exception {
        Path file = directory.resolve("admin.token");
        AdminToken opened = AdminToken.open(file, new SecureRandom());
        token = Files.readString(file).strip();
        ClusterView view = new ClusterView(NODE, new NoBus(), sessions, () -> bridges, ClusterView.LIMIT);
        Explain explain = new Explain(() -> POLICY, accounts::find,
                id -> accounts.find(id).map(found -> found.map(account -> account.id())),
                presence, view, InstantSource.fixed(NOW));
        server = new AdminServer(vertx, List.of(new Endpoint("127.0.0.1", 0)), tls, opened,
                new AdminCore("example.org", accounts, view, explain, nodes, new RecordedRelay(), consents),
                new Meters(registry), requestTime);
        port = server.start().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Vertx vertx(SimpleMeterRegistry registry) {
        return NativeTransport.best(new Meters(registry)).builder(new VertxOptions()).build();
    }

    /** Connections that ended their way in so. */
    long counted(ConnectionResult result) {
        return (long) registry.get(Meter.CONNECTIONS.meterName())
                .tag("listener", "admin")
                .tag("result", result.name().toLowerCase(Locale.ROOT))
                .counter()
                .count();
    }

    /** Connections that are open. */
    int open() {
        return (int) registry.get(Meter.CONNECTIONS_OPEN.meterName()).tag("listener", "admin").gauge().value();
    }

    CertificateReload.Result reloadCertificate() throws Exception {
        return server.reloadCertificate().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, null);
    }

    HttpResponse<String> send(String method, String path, String body) throws Exception {
        return send(request(method, path, body).header("Authorization", "Bearer " + token));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .version(HttpClient.Version.HTTP_1_1);
        return body == null
                ? request.method(method, BodyPublishers.noBody())
                : request.method(method, BodyPublishers.ofString(body)).header("Content-Type", "application/json");
    }

    /** Writes {@code text} as it is and answers all that comes until the server closes, or nothing comes for 3 s. */
    String raw(String text) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return raw(socket, text);
        }
    }

    static String raw(Socket socket, String text) throws IOException {
        socket.setSoTimeout(3_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        StringBuilder answer = new StringBuilder();
        byte[] part = new byte[4096];
        try {
            for (int read = socket.getInputStream().read(part); read >= 0; read = socket.getInputStream().read(part)) {
                answer.append(new String(part, 0, read, StandardCharsets.ISO_8859_1));
            }
            return answer + "[closed]";
        } catch (SocketTimeoutException stillOpen) {
            return answer + "[open]";
        }
    }

    /** Writes a request and reads its answer, which has a Content-Length, to the end: there may be another request. */
    static int statusOf(Socket socket, String request) throws IOException {
        socket.setSoTimeout(15_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            head += (char) socket.getInputStream().read();
        }
        String length = head.toLowerCase(Locale.ROOT).replaceAll("(?s).*\r\ncontent-length: (\\d+)\r\n.*", "$1");
        socket.getInputStream().readNBytes(Integer.parseInt(length));
        return Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
    }

    static JsonObject json(HttpResponse<String> response) {
        return new JsonObject(response.body());
    }

    @Override
    public void close() throws Exception {
        server.stop().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
