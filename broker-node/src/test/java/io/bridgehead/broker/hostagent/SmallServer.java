package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.config.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server that a host offers, with blocking sockets; each connection has a thread of its own. */
public final class SmallServer implements AutoCloseable {

    /** What it does with a connection. */
    public interface Manner {
        void serve(Socket client) throws IOException;
    }

    /** As HTTP: reads all, answers, closes. */
    public static final Manner ANSWERS = client -> {
        byte[] request = client.getInputStream().readAllBytes();
        client.getOutputStream().write(("heard " + new String(request, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    };

    /** As SSH: speaks first, then echoes. */
    public static final Manner GREETS = client -> {
        client.getOutputStream().write("SSH-2.0-small\r\n".getBytes(StandardCharsets.US_ASCII));
        client.getInputStream().transferTo(client.getOutputStream());
    };

    private final ServerSocket server = new ServerSocket();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    public SmallServer(int port, Manner manner) throws IOException {
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    open.add(client);
                    Thread.ofVirtual().start(() -> {
                        try (client) {
                            manner.serve(client);
                        } catch (IOException gone) {
                            // the test's side has closed
                        } finally {
                            open.remove(client);
                        }
                    });
                } catch (IOException closed) {
                    // the next look at the server ends this
                }
            }
        });
    }

    public static SmallServer start(Manner manner) throws IOException {
        return new SmallServer(0, manner);
    }

    public Endpoint address() {
        return new Endpoint("127.0.0.1", server.getLocalPort());
    }

    /** How many connections it has now. */
    public int open() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
