package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The document is what the server does: no route without a description, no description without a route. */
class ApiDocumentTest {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    /** What the design fixes; a route that comes or goes must be changed here, too. */
    private static final Set<String> DESIGNED = new TreeSet<>(Set.of(
            "GET /openapi.yaml",
            "POST /v1/accounts",
            "GET /v1/accounts",
            "GET /v1/accounts/{id}",
            "PATCH /v1/accounts/{id}",
            "DELETE /v1/accounts/{id}",
            "POST /v1/accounts/{id}/ban",
            "POST /v1/accounts/{id}/unban",
            "GET /v1/sessions",
            "DELETE /v1/sessions/{id}",
            "GET /v1/bridges",
            "GET /v1/explain",
            "GET /v1/relay/requests",
            "POST /v1/relay/requests/{id}/accept",
            "POST /v1/relay/requests/{id}/reject",
            "GET /v1/nodes",
            "POST /v1/nodes/{name}/drain",
            "POST /v1/nodes/{name}/undrain",
            "GET /v1/relay/hosts",
            "DELETE /v1/relay/hosts/{service}/{host}",
            "GET /v1/relay/services"));

    private RunningAdmin admin;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        admin = new RunningAdmin(directory);
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
    }

    @Test
    void theDocumentIsServedToEverybody() throws Exception {
        HttpResponse<String> answer = admin.send(admin.request("GET", "/openapi.yaml", null));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/yaml");
        assertThat(answer.body()).startsWith("openapi: 3.1.0\n").contains("application/problem+json");
    }

    @Test
    void theDocumentDescribesWhatTheDesignNames() throws Exception {
        Set<String> described = new TreeSet<>();
        paths().forEach((path, methods) -> methods.forEach(method -> described.add(method + " " + path)));

        assertThat(described).isEqualTo(DESIGNED);
    }

    @Test
    void everyDescribedRouteAnswersAndEveryOtherMethodIsRefused() throws Exception {
        for (Map.Entry<String, List<String>> path : paths().entrySet()) {
            for (String method : METHODS) {
                String concrete = path.getKey().replace("{id}", path.getKey().contains("sessions") ? "a-1" : "nobody")
                        .replace("{name}", "nobody").replace("{service}", "web").replace("{host}", "nobody");
                HttpResponse<String> answer = admin.send(method, concrete, null);
                boolean there = answer.statusCode() != 405
                        && !(answer.statusCode() == 404 && answer.body().contains("nothing at"));

                assertThat(there).as(method + " " + concrete + ": " + answer.body())
                        .isEqualTo(path.getValue().contains(method));
                assertThat(answer.statusCode()).isLessThan(500);
            }
        }
    }

    @Test
    void everyAnswerHasADescribedStatus() throws Exception {
        admin.send("POST", "/v1/accounts", "{\"id\":\"alice\"}");
        JsonObject document = document();
        for (String path : List.of("/v1/accounts", "/v1/accounts/{id}", "/v1/sessions", "/v1/bridges", "/v1/nodes",
                "/v1/relay/hosts", "/v1/relay/services")) {
            HttpResponse<String> answer = admin.get(path.replace("{id}", "alice"));
            JsonObject responses = document.getJsonObject("paths").getJsonObject(path)
                    .getJsonObject("get").getJsonObject("responses");
            assertThat(responses.fieldNames()).contains(String.valueOf(answer.statusCode()), "default");
        }
    }

    private JsonObject document() throws Exception {
        String text = admin.get("/openapi.yaml").body();
        Map<String, Object> tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        return new JsonObject(new JsonObject(tree).encode());
    }

    private Map<String, List<String>> paths() throws Exception {
        Map<String, List<String>> paths = new TreeMap<>();
        JsonObject described = document().getJsonObject("paths");
        for (String path : described.fieldNames()) {
            List<String> methods = new ArrayList<>();
            METHODS.stream()
                    .filter(method -> described.getJsonObject(path).containsKey(method.toLowerCase(Locale.ROOT)))
                    .forEach(methods::add);
            paths.put(path, methods);
        }
        return paths;
    }
}
