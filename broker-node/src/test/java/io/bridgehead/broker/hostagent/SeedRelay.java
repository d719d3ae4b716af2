package io.bridgehead.broker.hostagent;

import com.google.protobuf.MessageLite;
import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.relay.messages.ClientConnectionDropProperties;
import io.bridgehead.relay.messages.ClientConnectionOpenProperties;
import io.bridgehead.relay.messages.Command;
import io.bridgehead.relay.messages.Hello;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.bridgehead.relay.messages.MessageType;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * A small relay, made from the protocol's text alone: one service, hosts in the order they came. It can be told to
 * misbehave in ways that the real room never would.
 */
public final class SeedRelay implements AutoCloseable {

    /** What it does otherwise than it should. */
    enum Fault {
        /** Closes data connections instead of answering them. */
        REFUSES,
        /** Resets data connections before it has read anything. */
        RESETS,
        /** Answers with bytes that are no message. */
        GARBLES,
        /** Says nothing on command connections. */
        IS_SILENT,
        /** Says on the command connection that a client came before it answers the data connection. */
        OPENS_EARLY
    }

    private record Waiting(Socket socket, int session) {}

    private final ServerSocket data;
    private final ServerSocket commands;
    private final ServerSocket clients;
    private final Set<Fault> faults = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<OutputStream> channels = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger sessions = new AtomicInteger(100);
    private final AtomicInteger greeted = new AtomicInteger();
    public final List<Hello> hellos = new CopyOnWriteArrayList<>();

    private SeedRelay(ServerSocketFactory factory, int dataPort, int commandPort) throws IOException {
        data = listen(factory, dataPort);
        commands = listen(factory, commandPort);
        clients = listen(ServerSocketFactory.getDefault(), 0);
        serve(data, this::greet);
        serve(commands, this::listen);
        serve(clients, this::assign);
    }

    public static SeedRelay start() throws IOException {
        return new SeedRelay(ServerSocketFactory.getDefault(), 0, 0);
    }

    public static SeedRelay start(ServerSocketFactory tls) throws IOException {
        return new SeedRelay(tls, 0, 0);
    }

    /** On the same ports as another one before. */
    public static SeedRelay startAt(RelayAddress address) throws IOException {
        return new SeedRelay(ServerSocketFactory.getDefault(), address.data(), address.commands());
    }

    SeedRelay with(Fault fault) {
        faults.add(fault);
        return this;
    }

    SeedRelay without(Fault fault) {
        faults.remove(fault);
        return this;
    }

    public RelayAddress address() {
        return new RelayAddress("127.0.0.1", data.getLocalPort(), commands.getLocalPort());
    }

    /** A client's connection, which waits for a host. */
    public Socket client() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), clients.getLocalPort());
        client.setSoTimeout(20_000);
        return client;
    }

    public int waiting() {
        waiting.removeIf(each -> each.socket().isClosed());
        return waiting.size();
    }

    /** How many data connections have said Hello, or were reset before. */
    int greeted() {
        return greeted.get();
    }

    @Override
    public void close() throws IOException {
        data.close();
        commands.close();
        clients.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private interface Service {
        void take(Socket socket) throws IOException, InterruptedException;
    }

    private static ServerSocket listen(ServerSocketFactory factory, int port) throws IOException {
        ServerSocket server = factory.createServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        return server;
    }

    private void serve(ServerSocket server, Service service) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    open.add(socket);
                    Thread.ofVirtual().start(() -> {
                        try {
                            service.take(socket);
                        } catch (IOException | InterruptedException gone) {
                            close(socket);
                        }
                    });
                } catch (IOException closed) {
                    // the next look at the server ends this
                }
            }
        });
    }

    private void greet(Socket host) throws IOException {
        if (faults.contains(Fault.RESETS)) {
            host.setSoLinger(true, 0);
            close(host);
            greeted.incrementAndGet();
            return;
        }
        hellos.add(Hello.parseFrom(frame(host)));
        greeted.incrementAndGet();
        if (faults.contains(Fault.REFUSES)) {
            close(host);
            return;
        }
        if (faults.contains(Fault.GARBLES)) {
            host.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
            return;
        }
        int session = sessions.incrementAndGet();
        if (faults.contains(Fault.OPENS_EARLY)) {
            announce(session, true);
        }
        write(host.getOutputStream(), HostProcessHelloResponse.newBuilder()
                .setSessionId(session)
                .setRelayHost("127.0.0.1")
                .setRelayPort(Integer.toString(clients.getLocalPort()))
                .build());
        Waiting place = new Waiting(host, session);
        host.setSoTimeout(50);
        waiting.add(place);
        watch(place);
    }

    /** A host that closes a connection while it waits is not given a client. */
    private void watch(Waiting place) {
        Thread.ofVirtual().start(() -> {
            try {
                while (waiting.contains(place)) {
                    synchronized (place) {
                        if (waiting.contains(place) && read(place.socket()) < 0) {
                            waiting.remove(place);
                            close(place.socket());
                        }
                    }
                }
            } catch (IOException gone) {
                waiting.remove(place);
                close(place.socket());
            }
        });
    }

    private static int read(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (java.net.SocketTimeoutException silent) {
            return 0;
        }
    }

    private void listen(Socket channel) throws IOException {
        hellos.add(Hello.parseFrom(frame(channel)));
        channels.add(channel.getOutputStream());
        channel.getInputStream().read();
        channels.remove(channel.getOutputStream());
        close(channel);
    }

    private void assign(Socket client) throws IOException, InterruptedException {
        Waiting host = waiting.take();
        synchronized (host) {
            if (host.socket().isClosed()) {
                close(client);
                return;
            }
            host.socket().setSoTimeout(0);
        }
        announce(host.session(), true);
        Thread back = Thread.ofVirtual().start(() -> copy(host.socket(), client));
        copy(client, host.socket());
        back.join();
        announce(host.session(), false);
        close(client);
        close(host.socket());
    }

    private void announce(int session, boolean opened) throws IOException {
        Command.Builder command = Command.newBuilder().setVersion(1);
        if (opened) {
            command.setMessageType(MessageType.CONNECTION_OPEN)
                    .setOpenProperties(ClientConnectionOpenProperties.newBuilder().setAssignedToSession(session));
        } else {
            command.setMessageType(MessageType.CONNECTION_DROP)
                    .setDropProperties(ClientConnectionDropProperties.newBuilder().setSessionId(session));
        }
        for (OutputStream channel : channels) {
            if (!faults.contains(Fault.IS_SILENT)) {
                write(channel, command.build());
            }
        }
    }

    private static byte[] frame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private static synchronized void write(OutputStream to, MessageLite message) throws IOException {
        byte[] bytes = message.toByteArray();
        to.write(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
        to.flush();
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed
        }
    }
}
