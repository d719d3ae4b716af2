package io.bridgehead.broker;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The node's API, as a command uses it: one request at a time, blocking. Every failure is a {@link CommandFailed}. */
final class AdminClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final URI base;
    private final Path tokenFile;
    private final HttpClient http;

    /** @param authority PEM certificate to trust, instead of the system's authorities */
    AdminClient(URI base, Path tokenFile, Optional<Path> authority) {
        this.base = base;
        this.tokenFile = tokenFile;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        authority.map(TrustedCertificate::contextFor).ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    JsonObject get(String path) {
        return send("GET", path, Optional.empty());
    }

    JsonObject delete(String path) {
        return send("DELETE", path, Optional.empty());
    }

    JsonObject post(String path, JsonObject body) {
        return send("POST", path, Optional.of(body));
    }

    /** Without a body. */
    JsonObject post(String path) {
        return send("POST", path, Optional.empty());
    }

    JsonObject patch(String path, JsonObject body) {
        return send("PATCH", path, Optional.of(body));
    }

    /** {@code text} as one piece of a path or a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonObject send(String method, String path, Optional<JsonObject> body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWER_TIMEOUT)
                .header("Authorization", "Bearer " + token())
                .header("Accept", "application/json, application/problem+json");
        body.ifPresent(json -> request.header("Content-Type", "application/json"));
        request.method(
                method, body.map(json -> BodyPublishers.ofString(json.encode())).orElse(BodyPublishers.noBody()));
        HttpResponse<String> response = exchange(request.build());
        if (response.statusCode() / 100 != 2) {
            throw new CommandFailed(problem(response));
        }
        return response.body().isBlank() ? new JsonObject() : parsed(response.body());
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (ConnectException refused) {
            throw new CommandFailed(base + ": no connection; is the node running, and is this its admin.listen?");
        } catch (HttpTimeoutException late) {
            throw new CommandFailed(base + ": no answer in time");
        } catch (IOException broken) {
            throw new CommandFailed(base + ": " + broken.getMessage(), broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", interrupted);
        }
    }

    private String token() {
        try {
            String token = Files.readString(tokenFile).strip();
            if (!token.matches("[\\x21-\\x7E]+")) {
                throw new CommandFailed("token file " + tokenFile + ": holds no token");
            }
            return token;
        } catch (NoSuchFileException missing) {
            throw new CommandFailed("token file " + tokenFile
                    + ": no such file (the node writes it at its first start; --token-file names another)");
        } catch (IOException unreadable) {
            throw new CommandFailed("token file " + tokenFile + ": cannot be read: " + unreadable.getMessage());
        }
    }

    /** RFC 9457: title and detail, else what the status alone says. */
    private static String problem(HttpResponse<String> response) {
        String status = Integer.toString(response.statusCode());
        if (response.statusCode() == 401) {
            return "401: the node does not know this token; is the token file this node's?";
        }
        try {
            JsonObject problem = new JsonObject(response.body());
            String title = problem.getString("title", "refused");
            String detail = problem.getString("detail", "");
            return status + " " + title + (detail.isEmpty() ? "" : ": " + detail);
        } catch (DecodeException | ClassCastException noProblemDocument) {
            return status + ": the node refused " + response.request().method() + " " + response.uri();
        }
    }

    private JsonObject parsed(String body) {
        try {
            return new JsonObject(body);
        } catch (DecodeException noJson) {
            throw new CommandFailed(base + ": the answer is no JSON object; is this a node's admin.listen?");
        }
    }
}
