package io.bridgehead.broker.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Speaks just enough of the line protocol for the client: register, connect, accept, then bytes. */
final class SmallBroker implements AutoCloseable {

    /** What is done to the bytes of a bridge. */
    interface Wire {
        void carry(byte[] bytes, int length, OutputStream to) throws IOException;
    }

    static final Wire FAITHFUL = (bytes, length, to) -> to.write(bytes, 0, length);

    private final ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Map<String, Socket> users = new ConcurrentHashMap<>();
    private final Map<Socket, Socket> partners = new ConcurrentHashMap<>();
    private final Wire wire;

    SmallBroker(Wire wire) throws IOException {
        this.wire = wire;
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve(Socket socket) {
        try (socket) {
            say(socket, ";info:estim broker 0.2 - 0 users registered - use ;help for assistance");
            String self = "";
            while (!partners.containsKey(socket)) {
                String line = line(socket.getInputStream());
                String id = line.substring(line.indexOf('=') + 1);
                switch (line.substring(0, line.indexOf('=') + 1)) {
                    case ";register=" -> {
                        self = id;
                        users.put(self, socket);
                        say(socket, id.startsWith("banned") ? ";failed:3=banned" : ";registered:" + id);
                    }
                    case ";connect=" -> {
                        // before the callee can accept: this thread must read no line of what is the bridge's
                        partners.put(socket, users.get(id));
                        say(users.get(id), ";connect=" + self);
                    }
                    case ";accept=" -> {
                        partners.put(socket, users.get(id));
                        say(users.get(id), ";connected");
                        say(socket, ";connected");
                    }
                    default -> throw new IOException("unknown: " + line);
                }
            }
            carry(socket.getInputStream(), partners.get(socket).getOutputStream());
        } catch (IOException gone) {
            users.values().remove(socket);
        }
    }

    private void carry(InputStream from, OutputStream to) throws IOException {
        byte[] bytes = new byte[32 * 1024];
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
            wire.carry(bytes, count, to);
        }
    }

    private static void say(Socket to, String line) throws IOException {
        to.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0) {
                throw new IOException("closed");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }
}
