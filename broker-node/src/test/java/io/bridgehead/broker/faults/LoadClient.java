package io.bridgehead.broker.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One connection of one user, read on a virtual thread of its own. What begins with a {@code ;} is the broker's line,
 * all else belongs to the bridge: {@link NumberedBytes} have none. Any thread.
 */
final class LoadClient implements AutoCloseable {

    private static final AtomicInteger CONNECTIONS = new AtomicInteger();
    private static final int CONNECT_MILLIS = 2_000;
    private static final int REGISTER_SECONDS = 6;

    private final History history;
    private final String user;
    private final String node;
    private final int connection = CONNECTIONS.incrementAndGet();
    private final Socket socket;
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicReference<Leg> leg = new AtomicReference<>();
    private volatile Consumer<String> heard = line -> {};
    private volatile String lastLine = "";
    private volatile long lastLineAt = System.nanoTime();
    private volatile boolean registered;

    private LoadClient(History history, String user, BrokerProcess node, Socket socket) {
        this.history = history;
        this.user = user;
        this.node = node.name();
        this.socket = socket;
    }

    /** Connects and registers. {@code heard} gets the broker's lines from then on, on the reading thread. */
    static LoadClient register(History history, String user, BrokerProcess node, Consumer<String> heard)
            throws IOException {
        Socket socket = new Socket();
        LoadClient client = new LoadClient(history, user, node, socket);
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(node.place().address(), node.place().tcp()), CONNECT_MILLIS);
            client.heard = heard;
            Thread.ofVirtual().name(user).start(client::read);
            client.send(";register=" + user);
            String answer = client.answer.get(REGISTER_SECONDS, TimeUnit.SECONDS);
            if (!client.registered) {
                throw new IOException(user + ": " + answer);
            }
            return client;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            client.close();
            throw new IOException(user + ": interrupted", stop);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException late) {
            client.close();
            throw new IOException(user + ": no answer from " + node.name(), late);
        } catch (IOException refused) {
            client.close();
            throw refused;
        }
    }

    String node() {
        return node;
    }

    int localPort() {
        return socket.getLocalPort();
    }

    int connection() {
        return connection;
    }

    CompletableFuture<Void> closed() {
        return closed;
    }

    /** What the next {@code ;connected} begins. */
    void expect(Leg next) {
        leg.set(next);
    }

    synchronized void send(String line) throws IOException {
        write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    synchronized void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private void read() {
        byte[] buffer = new byte[32 * 1024];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int count = socket.getInputStream().read(buffer);
                    count >= 0;
                    count = socket.getInputStream().read(buffer)) {
                take(buffer, count, line);
            }
        } catch (IOException reset) {
            lastLine += " [" + reset.getMessage() + "]";
        }
        Leg last = leg.getAndSet(null);
        if (last != null) {
            last.cutOff();
        }
        if (registered) {
            history.add(new History.Closed(System.nanoTime(), user, connection, lastLine));
        }
        answer.complete("closed after " + lastLine);
        close();
        closed.complete(null);
    }

    private void take(byte[] buffer, int count, ByteArrayOutputStream line) {
        int at = 0;
        while (at < count) {
            if (line.size() == 0 && buffer[at] != ';') {
                int from = at;
                while (at < count && buffer[at] != ';') {
                    at++;
                }
                data(buffer, from, at - from);
            } else {
                line.write(buffer[at]);
                if (buffer[at++] == '\n') {
                    line(line.toString(StandardCharsets.UTF_8).strip());
                    line.reset();
                }
            }
        }
    }

    private void data(byte[] buffer, int from, int length) {
        Leg current = leg.get();
        if (current == null || !current.joined()) {
            history.add(new History.Stray(System.nanoTime(), user, node, length));
        } else {
            current.got(buffer, from, length);
        }
    }

    private void line(String line) {
        lastLine = line;
        lastLineAt = System.nanoTime();
        if (line.startsWith(";info:")) {
            return;
        }
        if (!registered && !answer.isDone()) {
            registered = line.startsWith(";registered:");
            if (registered) {
                history.add(new History.Registered(System.nanoTime(), user, connection, node));
            }
            answer.complete(line);
            return;
        }
        Leg current = leg.get();
        if (current != null && line.equals(";connected")) {
            current.join(connection, node);
        } else if (current != null && current.joined() && line.equals(";disconnected")) {
            leg.compareAndSet(current, null);
            current.told();
        }
        heard.accept(line);
    }

    @Override
    public String toString() {
        return node + " (" + (closed.isDone() ? "closed, " : "") + "last heard " + lastLine + " "
                + (System.nanoTime() - lastLineAt) / 1_000_000 + " ms ago)";
    }

    /** Without a word, with a reset. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException gone) {
            // it is closed already: all that was wanted
        }
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // there is nobody left to tell
        }
    }
}
