package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the line protocol over WebSocket; keeps the messages, whole, in the order in which they came. */
final class WebSocketLineClient implements WebSocket.Listener, AutoCloseable {

    /** Something that came. */
    sealed interface Message {
        record Text(String text) implements Message {}

        record Binary(String latin1) implements Message {}

        record Closed(int status) implements Message {}
    }

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder binary = new StringBuilder();
    private volatile boolean reading = true;
    private WebSocket socket;

    private WebSocketLineClient() {}

    /** Connects and takes the greeting. */
    static WebSocketLineClient connect(int port, String path) throws InterruptedException {
        WebSocketLineClient client = new WebSocketLineClient();
        client.socket = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + path), client)
                .join();
        assertThat(client.text()).startsWith(";info:");
        return client;
    }

    static WebSocketLineClient registered(int port, String id) throws InterruptedException {
        WebSocketLineClient client = connect(port, "/");
        client.send(";register=" + id);
        client.expect(";registered:" + id);
        return client;
    }

    WebSocketLineClient send(String message) {
        return send(message, true);
    }

    WebSocketLineClient send(String part, boolean last) {
        socket.sendText(part, last).join();
        return this;
    }

    WebSocketLineClient send(byte[] message) {
        socket.sendBinary(ByteBuffer.wrap(message), true).join();
        return this;
    }

    /** Sends what the broker will refuse: it may close before all of it is written. */
    void sendRefused(byte[] message) {
        socket.sendBinary(ByteBuffer.wrap(message), true).exceptionally(closed -> null).join();
    }

    void expect(String... lines) throws InterruptedException {
        for (String line : lines) {
            assertThat(next()).isEqualTo(new Message.Text(line));
        }
    }

    String text() throws InterruptedException {
        Message message = next();
        assertThat(message).isInstanceOf(Message.Text.class);
        return ((Message.Text) message).text();
    }

    /** Text messages until they make this, however it is cut. */
    void expectText(String expected) throws InterruptedException {
        StringBuilder got = new StringBuilder();
        while (got.length() < expected.length()) {
            got.append(text());
        }
        assertThat(got.toString()).isEqualTo(expected);
    }

    /** Binary messages until they make this, however it is cut. */
    void expectBinary(byte[] expected) throws InterruptedException {
        StringBuilder got = new StringBuilder();
        while (got.length() < expected.length) {
            Message message = next();
            assertThat(message).isInstanceOf(Message.Binary.class);
            got.append(((Message.Binary) message).latin1());
        }
        assertThat(got.toString().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(expected);
    }

    /** The next message of any kind. */
    Message next() throws InterruptedException {
        Message message = messages.poll(10, TimeUnit.SECONDS);
        assertThat(message).as("a message").isNotNull();
        return message;
    }

    /** From the next message on nothing is taken any more. */
    void stopReading() {
        reading = false;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            messages.add(new Message.Text(text.toString()));
            text.setLength(0);
        }
        return more(from);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        binary.append(StandardCharsets.ISO_8859_1.decode(data));
        if (last) {
            messages.add(new Message.Binary(binary.toString()));
            binary.setLength(0);
        }
        return more(from);
    }

    private CompletionStage<?> more(WebSocket from) {
        if (reading) {
            from.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        messages.add(new Message.Closed(status));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        messages.add(new Message.Closed(0));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
