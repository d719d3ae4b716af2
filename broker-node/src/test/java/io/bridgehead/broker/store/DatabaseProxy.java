package io.bridgehead.broker.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The way to the database, which can be closed, fall silent or become slow. Any thread. */
public final class DatabaseProxy implements AutoCloseable {

    private enum Mode {
        PASS,
        REFUSE,
        SWALLOW
    }

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;
    private volatile Duration delay = Duration.ZERO;

    /** Listens on {@code address} and passes on to {@code target} of the loopback address. */
    public DatabaseProxy(String address, int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getByName(address));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public String endpoint() {
        return server.getInetAddress().getHostAddress() + ":" + port();
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections are cut, new ones too: what clients see of a database that was stopped. */
    public void stop() {
        mode = Mode.REFUSE;
        hangUp();
    }

    /** Everything passes, on new connections. */
    public void start() {
        hangUp();
        mode = Mode.PASS;
    }

    /** Connections stay, new ones are accepted, but nothing comes through. */
    void swallow() {
        mode = Mode.SWALLOW;
    }

    /** How much later each answer comes. */
    public void slow(Duration by) {
        delay = by;
    }

    private void hangUp() {
        open.forEach(DatabaseProxy::close);
        open.clear();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (mode == Mode.REFUSE) {
                    close(client);
                    continue;
                }
                Socket far = new Socket();
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                open.add(client);
                open.add(far);
                Thread.ofVirtual().start(() -> copy(client, far, false));
                Thread.ofVirtual().start(() -> copy(far, client, true));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void copy(Socket from, Socket to, boolean answers) {
        byte[] bytes = new byte[8_192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (answers && !delay.isZero()) {
                    Thread.sleep(delay);
                }
                if (mode != Mode.SWALLOW) {
                    out.write(bytes, 0, count);
                }
            }
        } catch (IOException ended) {
            // one side hung up: so does the other, below
            open.remove(from);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        hangUp();
    }
}
