package io.bridgehead.broker.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One user of the line protocol on a blocking socket; one thread at a time. Waits at most {@value #PATIENCE_MS} ms for
 * a line.
 */
final class LineClient implements AutoCloseable {

    /** Longer than any pause of a healthy broker, shorter than its own 60 s time-outs. */
    static final int PATIENCE_MS = 20_000;

    private final SocketChannel channel;
    private final InputStream in;
    private final byte[] read = new byte[4096];
    private int start;
    private int end;

    private LineClient(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.socket().setSoTimeout(PATIENCE_MS);
        this.in = channel.socket().getInputStream();
    }

    /** Connects as the {@code number}th client: see {@link Sources}. */
    static LineClient connect(InetSocketAddress broker, int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            Sources.bind(channel, broker, number);
            channel.socket().connect(broker, PATIENCE_MS);
            return new LineClient(channel);
        } catch (IOException refused) {
            channel.close();
            throw new BenchFailed(HostPort.text(broker) + ": " + refused.getMessage(), refused);
        }
    }

    /** Connects and registers, and returns once the broker has confirmed it. */
    static LineClient registered(InetSocketAddress broker, int number, String id) throws IOException {
        LineClient client = connect(broker, number);
        try {
            client.send(";register=" + id);
            client.await(";registered:" + id);
            return client;
        } catch (IOException failed) {
            client.close();
            throw failed;
        }
    }

    void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads up to the line that starts with {@code expected}; only the banner may come before it. */
    void await(String expected) throws IOException {
        String line;
        do {
            line = nextLine(expected);
        } while (line.startsWith(";info:"));
        if (!line.startsWith(expected)) {
            throw new BenchFailed("the broker said '%s' (expected: '%s')".formatted(line, expected));
        }
    }

    /** The socket, for bytes behind {@code ;connected}. */
    SocketChannel bytes() throws IOException {
        if (start < end) {
            throw new BenchFailed("the broker sent %d bytes nobody had sent".formatted(end - start));
        }
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private String nextLine(String expected) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            while (start < end) {
                char next = (char) (read[start++] & 0xff);
                if (next == '\n') {
                    return line.toString().stripTrailing();
                }
                line.append(next);
            }
            start = 0;
            end = Math.max(0, readMore(expected));
            if (end == 0) {
                throw new BenchFailed(closedBefore(expected));
            }
        }
    }

    private int readMore(String expected) throws IOException {
        try {
            return in.read(read);
        } catch (SocketTimeoutException silence) {
            throw new BenchFailed("no '%s' within %d ms".formatted(expected, PATIENCE_MS), silence);
        }
    }

    static String closedBefore(String expected) {
        return "the broker closed the connection before '%s'; its limits for one address may be too low for this load: "
                .formatted(expected)
                + "estim.connections-per-second, estim.max-connections";
    }
}
