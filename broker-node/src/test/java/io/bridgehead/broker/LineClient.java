package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A blocking client of the line protocol over TCP. What does not come within ten seconds does not come. One thread. */
final class LineClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket;
    private final byte[] buffer = new byte[64 * 1024];
    private int next;
    private int filled;
    private boolean cut;

    private LineClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects and takes the greeting. */
    static LineClient connect(int port) throws IOException {
        LineClient client = silent(port, 0);
        assertThat(client.line()).startsWith(";info:");
        return client;
    }

    /** Connects with small kernel buffers of its own, so that it can tell what the broker has taken. */
    static LineClient narrow(int port, int bufferBytes) throws IOException {
        LineClient client = silent(port, bufferBytes);
        assertThat(client.line()).startsWith(";info:");
        return client;
    }

    /** Connects and reads nothing; {@code bufferBytes} 0: the system's buffers. */
    static LineClient silent(int port, int bufferBytes) throws IOException {
        Socket socket = new Socket();
        if (bufferBytes > 0) {
            socket.setReceiveBufferSize(bufferBytes);
            socket.setSendBufferSize(bufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new LineClient(socket);
    }

    /** Connects and registers as {@code id}, in the way {@code ;register=} takes it. */
    static LineClient registered(int port, String id) throws IOException {
        LineClient client = connect(port);
        client.send(";register=" + id);
        client.expect(";registered:" + id);
        return client;
    }

    /** Two registered clients, by their ids, become the ends of a bridge. */
    static void bridge(LineClient caller, String callerId, LineClient callee, String calleeId) throws IOException {
        caller.send(";connect=" + calleeId);
        callee.expect(";connect=" + callerId);
        callee.send(";accept=" + callerId);
        callee.expect(";connected");
        caller.expect(";connected");
    }

    Socket socket() {
        return socket;
    }

    /** One line with its line end. */
    void send(String line) throws IOException {
        write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Exactly these characters. */
    void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** One segment a byte. */
    void drip(String text) throws IOException {
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            write(new byte[] {each});
        }
    }

    void expect(String... lines) throws IOException {
        for (String line : lines) {
            assertThat(line()).isEqualTo(line);
        }
    }

    /** Sends a question with a known answer: whatever else was due would have come before it. */
    void expectNothingElse() throws IOException {
        send(";help");
        assertThat(line()).isEqualTo(";help:register=ID[;PIN[;v2;PROFILE]] - sign in");
        for (String line = line(); !line.equals(";help:help - this list"); line = line()) {
            assertThat(line).startsWith(";help:");
        }
    }

    /** The next line, without its CR LF. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = read(); next != '\n'; next = read()) {
            assertThat(next).as("end of stream after \"%s\"", line).isNotNegative();
            line.write(next);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        assertThat(text).as("line end").endsWith("\r");
        return text.substring(0, text.length() - 1);
    }

    /** Exactly this many bytes. */
    byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; at++) {
            int read = read();
            if (read < 0) {
                throw new AssertionError("end of stream after " + at + " of " + length + " bytes");
            }
            bytes[at] = (byte) read;
        }
        return bytes;
    }

    /** The same as text. */
    void expectData(String text) throws IOException {
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        assertThat(new String(bytes(expected.length), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    /** Some bytes, or -1 at the end. */
    int some(byte[] into) throws IOException {
        if (next == filled && !fill()) {
            return -1;
        }
        int length = Math.min(into.length, filled - next);
        System.arraycopy(buffer, next, into, 0, length);
        next += length;
        return length;
    }

    /** The broker closes now, and says nothing more. */
    void expectClosed() throws IOException {
        assertThat(read()).as("end of stream").isNegative();
    }

    /** Whatever is left, and then a reset. */
    void expectCut() throws IOException {
        byte[] rest = new byte[buffer.length];
        while (some(rest) >= 0) {
            // what the kernel had
        }
        assertThat(cut).as("reset, not end of stream").isTrue();
    }

    /** No more of our bytes; the answers can still be read. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    void patience(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
    }

    /** Drops the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private int read() throws IOException {
        return next < filled || fill() ? buffer[next++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        InputStream in = socket.getInputStream();
        next = 0;
        filled = 0;
        try {
            filled = Math.max(0, in.read(buffer));
        } catch (SocketTimeoutException late) {
            throw new AssertionError("nothing came within " + socket.getSoTimeout() + " ms", late);
        } catch (SocketException reset) {
            // "Connection reset": for most readers, an end too
            cut = true;
        }
        return filled > 0;
    }
}
