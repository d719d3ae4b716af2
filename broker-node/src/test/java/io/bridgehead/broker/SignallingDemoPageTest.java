package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the signalling port answers to plain HTTP, with the demo page and without. */
class SignallingDemoPageTest {

    private static final Path PAGE = Path.of("src/main/resources/io/bridgehead/broker/signalling/demo");
    private static final Path CLIENT = JavaScriptPackage.SOURCE.resolve("src");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path directory;

    private static TestNode on;
    private static TestNode off;

    @BeforeAll
    static void start() throws Exception {
        on = TestNode.start(Files.createDirectory(directory.resolve("on")), "signalling.demo=true");
        off = TestNode.start(Files.createDirectory(directory.resolve("off")));
    }

    @AfterAll
    static void stop() {
        on.close();
        off.close();
    }

    private static HttpResponse<byte[]> ask(TestNode node, String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.signalling() + path))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Test
    void everyFileOfThePageAndOfTheClientIsServedAsItIs() throws Exception {
        for (Map.Entry<Path, String> place : Map.of(PAGE, "/demo/", CLIENT, "/demo/client/").entrySet()) {
            try (Stream<Path> files = Files.list(place.getKey())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    HttpResponse<byte[]> answer = ask(on, "GET", place.getValue() + file.getFileName());
                    assertThat(answer.statusCode()).as("%s", file).isEqualTo(200);
                    assertThat(answer.body()).as("%s", file).isEqualTo(Files.readAllBytes(file));
                    assertThat(answer.headers().firstValue("content-type").orElseThrow())
                            .isEqualTo(switch (file.toString().replaceAll(".*\\.", "")) {
                                case "js" -> "text/javascript; charset=utf-8";
                                case "css" -> "text/css; charset=utf-8";
                                default -> "text/html; charset=utf-8";
                            });
                }
            }
        }
        assertThat(ask(on, "GET", "/demo/").body()).isEqualTo(Files.readAllBytes(PAGE.resolve("index.html")));
    }

    @Test
    void nothingFromElsewhereAndNothingInlineMayRun() throws Exception {
        HttpResponse<byte[]> page = ask(on, "GET", "/demo/");
        assertThat(page.headers().firstValue("content-security-policy")).hasValue(
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                        + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'");
        assertThat(page.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("referrer-policy")).hasValue("no-referrer");
        assertThat(new String(page.body(), StandardCharsets.UTF_8))
                .doesNotContain("://").doesNotContain(" style=").doesNotContainPattern("<script(?! type=\"module\" src=)")
                .doesNotContainPattern(" on[a-z]+=");
    }

    @Test
    void aBrowserAsksEachTimeAndGetsOnlyWhatHasChanged() throws Exception {
        HttpResponse<byte[]> page = ask(on, "GET", "/demo/demo.js");
        String tag = page.headers().firstValue("etag").orElseThrow();
        assertThat(page.headers().firstValue("cache-control")).hasValue("no-cache");
        HttpResponse<byte[]> same = ask(on, "GET", "/demo/demo.js", "If-None-Match", "\"other\", " + tag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(ask(on, "GET", "/demo/demo.js", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> head = ask(on, "HEAD", "/demo/demo.js");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("content-length")).hasValue(Integer.toString(page.body().length));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/demo/none.js", "/demo/../demo/demo.js", "/demo/client", "/demo/client/", "/demo//demo.js", "/demo/%64emo.js",
        "/demo/token-words.txt", "/demo/../token-words.txt"
    })
    void nothingElseIsThere(String path) throws Exception {
        assertThat(ask(on, "GET", path).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsNoPageHearsWhatItHeardBefore() throws Exception {
        assertThat(ask(on, "GET", "/demo").headers().firstValue("location")).hasValue("/demo/");
        assertThat(ask(on, "POST", "/demo/").statusCode()).isEqualTo(405);
        for (String path : List.of("/", "/server", "/client/x", "/demonstration")) {
            assertThat(ask(on, "GET", path).statusCode()).as(path).isEqualTo(426);
        }
        try (SignallingClient server = SignallingClient.server(on.signalling())) {
            assertThat(server.id()).isNotEmpty();
        }
    }

    @Test
    void withoutTheKeyThereIsNoPage() throws Exception {
        for (String path : List.of("/demo", "/demo/", "/demo/demo.js", "/demo/client/index.js")) {
            HttpResponse<byte[]> answer = ask(off, "GET", path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).isEmpty();
        }
        assertThat(ask(off, "GET", "/").statusCode()).isEqualTo(426);
    }

    @Test
    void pagesAreCountedAndTheirConnectionsClosed() throws Exception {
        String pages = "bridgehead_connections_total{listener=\"signalling\",result=\"page\"}";
        double before = on.metric(pages);
        ask(on, "GET", "/demo/");
        ask(on, "GET", "/demo/none");
        await().until(() -> on.metric(pages) == before + 1);
    }
}
