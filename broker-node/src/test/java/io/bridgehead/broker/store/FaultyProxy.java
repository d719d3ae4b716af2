package io.bridgehead.broker.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy on loopback that can refuse connections or swallow what passes. Any thread. */
final class FaultyProxy implements AutoCloseable {

    private enum Mode {
        PASS,
        REFUSE,
        SWALLOW
    }

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;

    FaultyProxy(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void pass() {
        hangUp();
        mode = Mode.PASS;
    }

    void refuse() {
        mode = Mode.REFUSE;
        hangUp();
    }

    /** Connections stay, new ones are accepted, but nothing comes through. */
    void swallow() {
        mode = Mode.SWALLOW;
    }

    private void hangUp() {
        open.forEach(FaultyProxy::close);
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
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(far);
                Thread.ofVirtual().start(() -> copy(client, far));
                Thread.ofVirtual().start(() -> copy(far, client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] bytes = new byte[8_192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (mode != Mode.SWALLOW) {
                    out.write(bytes, 0, count);
                }
            }
        } catch (IOException ended) {
            // one side hung up: so does the other, below
            open.remove(from);
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
