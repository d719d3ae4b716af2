package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer of the signalling room; keeps what it is told, in order, and how it was closed. */
public final class SignallingClient implements WebSocket.Listener, AutoCloseable {

    /** How the node closed, as the last of the messages. */
    private static final String CLOSED = "closed ";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private volatile boolean reading = true;
    private WebSocket socket;
    private JsonObject hello;

    private SignallingClient() {}

    /** Connects; {@code protocols} as a page gives them to its WebSocket. */
    public static SignallingClient connect(int port, String path, String... protocols) {
        return connect("127.0.0.1", port, path, protocols);
    }

    public static SignallingClient connect(String host, int port, String path, String... protocols) {
        SignallingClient client = new SignallingClient();
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (protocols.length > 0) {
            builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
        }
        client.socket = builder.buildAsync(URI.create("ws://" + host + ":" + port + path), client).join();
        return client;
    }

    /** A server; its HELLO is read. */
    public static SignallingClient server(int port, String... protocols) throws InterruptedException {
        return connect(port, "/server", protocols).greeted();
    }

    /** A client of the server; its HELLO is read. */
    public static SignallingClient client(int port, String token, String... protocols) throws InterruptedException {
        return connect(port, "/client/" + token, protocols).greeted();
    }

    public SignallingClient greeted() throws InterruptedException {
        JsonObject first = next();
        assertThat(first.getString("type")).as("%s", first).isEqualTo("HELLO");
        assertThat(first.getString("from")).isEqualTo("0");
        hello = first.getJsonObject("message");
        assertThat(first.getString("to")).isEqualTo(id());
        return this;
    }

    public JsonObject hello() {
        return hello;
    }

    public String id() {
        return hello.getString("id");
    }

    /** What a page would give as {@code resume.…}. */
    public String secret() {
        return hello.getString("secret");
    }

    public SignallingClient send(String to, String type, String message) {
        return raw("{\"to\":\"" + to + "\",\"type\":\"" + type + "\",\"message\":" + message + "}");
    }

    SignallingClient raw(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    /** One message in frames of these pieces. */
    SignallingClient pieces(String... pieces) {
        for (int n = 0; n < pieces.length; n++) {
            socket.sendText(pieces[n], n == pieces.length - 1).join();
        }
        return this;
    }

    /** Pings; the answer is kept as {@code pong …}. */
    SignallingClient ping(String text) {
        socket.sendPing(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))).join();
        return this;
    }

    SignallingClient raw(byte[] message) {
        socket.sendBinary(ByteBuffer.wrap(message), true).join();
        return this;
    }

    /** Sends what the node may refuse by closing before all of it is written. */
    void rawRefused(String message) {
        socket.sendText(message, true).exceptionally(closed -> null).join();
    }

    /** The next message as it was written. */
    public String text() throws InterruptedException {
        String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message in time").isNotNull();
        return message;
    }

    /** The next message if it comes within this time. */
    Optional<JsonObject> within(Duration time) throws InterruptedException {
        return Optional.ofNullable(messages.poll(time.toMillis(), TimeUnit.MILLISECONDS)).map(JsonObject::new);
    }

    public JsonObject next() throws InterruptedException {
        String message = text();
        assertThat(message).as("a message").doesNotStartWith(CLOSED);
        return new JsonObject(message);
    }

    /** The next message is of this type; its content. */
    public JsonObject expect(String type) throws InterruptedException {
        JsonObject message = next();
        assertThat(message.getString("type")).as("%s", message).isEqualTo(type);
        return message.getJsonObject("message");
    }

    void expectError(String code) throws InterruptedException {
        assertThat(expect("ERROR").getString("code")).isEqualTo(code);
    }

    public void expectClosed(int status) throws InterruptedException {
        assertThat(text()).isEqualTo(CLOSED + status);
    }

    public boolean isQuiet() {
        return messages.isEmpty();
    }

    /** The connection breaks, as when a network changes. */
    public void breakOff() {
        socket.abort();
    }

    /** Closes with this code. */
    void leave(int code) {
        socket.sendClose(code, "").join();
    }

    void leave() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    /** What comes is not taken any more. */
    void stopReading() {
        reading = false;
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            messages.add(text.toString());
            text.setLength(0);
        }
        if (reading) {
            from.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
        messages.add("pong " + StandardCharsets.UTF_8.decode(data));
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        messages.add(CLOSED + status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable broken) {
        messages.add(CLOSED + 1006);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
