package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real browser with a fresh profile, driven by the Chrome DevTools Protocol: pages are opened and scripts run in them.
 * Killed on close. Source: chromedevtools.github.io/devtools-protocol (Target, Runtime, Log).
 */
final class Chromium implements WebSocket.Listener, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Map<Integer, CompletableFuture<JsonObject>> asked = new ConcurrentHashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    private Chromium(Process process) {
        this.process = process;
    }

    /** Skips the test where there is no Chromium. */
    static Chromium start(Path directory) throws IOException {
        JavaScriptPackage.require("chromium", "chromium");
        Path err = directory.resolve("chromium.txt");
        Process process = new ProcessBuilder(
                        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                        "--disable-sync", "--remote-debugging-port=0",
                        "--user-data-dir=" + directory.resolve("profile"),
                        // both pages are on this machine, which may have no other address and answers no multicast DNS
                        "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns",
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile())
                .start();
        Chromium browser = new Chromium(process);
        try {
            Pattern listening = Pattern.compile("DevTools listening on (ws://\\S+)");
            await().atMost(PATIENCE).until(() ->
                    !process.isAlive() || listening.matcher(Files.readString(err)).find());
            Matcher endpoint = listening.matcher(Files.readString(err));
            assertThat(endpoint.find()).as("%s", Files.readString(err)).isTrue();
            browser.socket = HttpClient.newHttpClient().newWebSocketBuilder()
                    .buildAsync(URI.create(endpoint.group(1)), browser)
                    .join();
            return browser;
        } catch (RuntimeException | AssertionError failed) {
            browser.close();
            throw failed;
        }
    }

    /** A page in a tab of its own. */
    Page open(String url) {
        String target = ask(null, "Target.createTarget", new JsonObject().put("url", "about:blank"))
                .getString("targetId");
        String session = ask(null, "Target.attachToTarget",
                        new JsonObject().put("targetId", target).put("flatten", true))
                .getString("sessionId");
        ask(session, "Runtime.enable", new JsonObject());
        ask(session, "Log.enable", new JsonObject());
        ask(session, "Page.enable", new JsonObject());
        ask(session, "Page.navigate", new JsonObject().put("url", url));
        Page page = new Page(session);
        page.awaitTrue("location.href !== 'about:blank' && document.readyState === 'complete'");
        return page;
    }

    /** What pages got wrong: uncaught errors, what their content security policy refused, files that were not there. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** One page. */
    final class Page {

        private final String session;

        private Page(String session) {
            this.session = session;
        }

        /** The value of an expression, awaited if it is a promise; fails when it throws. */
        Object run(String script) {
            JsonObject answer = ask(session, "Runtime.evaluate", new JsonObject()
                    .put("expression", script)
                    .put("awaitPromise", true)
                    .put("returnByValue", true)
                    .put("userGesture", true));
            assertThat(answer.getJsonObject("exceptionDetails")).as("%s", script).isNull();
            return answer.getJsonObject("result").getValue("value");
        }

        void awaitTrue(String condition) {
            await(condition).atMost(PATIENCE).until(() -> Boolean.TRUE.equals(run("!!(" + condition + ")")));
        }
    }

    private JsonObject ask(String session, String method, JsonObject parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        asked.put(id, answer);
        JsonObject question = new JsonObject().put("id", id).put("method", method).put("params", parameters);
        if (session != null) {
            question.put("sessionId", session);
        }
        socket.sendText(question.encode(), true).join();
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            heard(new JsonObject(text.toString()));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    private void heard(JsonObject message) {
        if (message.containsKey("id")) {
            CompletableFuture<JsonObject> answer = asked.remove(message.getInteger("id"));
            if (message.containsKey("error")) {
                answer.completeExceptionally(new AssertionError(message.encode()));
            } else {
                answer.complete(message.getJsonObject("result"));
            }
            return;
        }
        switch (message.getString("method")) {
            case "Runtime.exceptionThrown" -> complaints.add(message.encode());
            case "Log.entryAdded" -> {
                JsonObject entry = message.getJsonObject("params").getJsonObject("entry");
                if (!entry.getString("url", "").endsWith("/favicon.ico")) {
                    complaints.add(entry.encode());
                }
            }
            case "Runtime.consoleAPICalled" -> {
                JsonArray said = message.getJsonObject("params").getJsonArray("args");
                complaints.add("console: " + said.encode());
            }
            default -> {
                // of no interest
            }
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }
}
