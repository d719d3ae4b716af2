package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Many idle connections on one selector; one thread. A process may hold fewer than 20,000 sockets on most machines,
 * with a backend each connection counts twice.
 */
final class Crowd implements AutoCloseable {

    /** Connections that are neither refused nor ready at a time; well below a listener's backlog. */
    private static final int IN_FLIGHT = 256;

    /** A guest that is not in after so long will not come in. */
    private static final Duration STANDSTILL = Duration.ofSeconds(20);

    private final InetSocketAddress target;
    private final boolean registering;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> open = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
    private boolean expectsBackend;
    private int ready;
    private int accepted;
    private int lost;

    /** {@code registering}: as {@code u00001@example.org} and up; else the connection alone is enough. */
    Crowd(InetSocketAddress target, boolean registering) throws IOException {
        this.target = target;
        this.registering = registering;
    }

    /** Also plays the proxy's backend: a guest is in once the proxy has connected here. Before {@link #admit}. */
    void playBackend(InetSocketAddress backend) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(backend, 4096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        expectsBackend = true;
    }

    /** Opens that many connections, and returns when all are in. */
    void admit(int guests) throws IOException {
        int begun = 0;
        int before = -1;
        long progress = System.nanoTime();
        while (in() < guests) {
            while (begun < guests && begun - in() < IN_FLIGHT) {
                begin(begun++);
            }
            turn(Duration.ofMillis(100));
            if (in() != before) {
                before = in();
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STANDSTILL.toNanos()) {
                throw new BenchFailed(
                        "%d of %d are in, and nobody else for %d s".formatted(in(), guests, STANDSTILL.toSeconds()));
            }
        }
    }

    /** Keeps reading what the broker says for that time. */
    void hold(Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            turn(Duration.ofNanos(left).plusMillis(1));
        }
    }

    /** Connections the other side has closed after they were in. */
    int lost() {
        return lost;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        for (SocketChannel channel : open) {
            channel.close();
        }
        selector.close();
    }

    private int in() {
        return expectsBackend ? Math.min(ready, accepted) : ready;
    }

    private void begin(int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        open.add(channel);
        channel.configureBlocking(false);
        Sources.bind(channel, target, number);
        channel.connect(target);
        String id = String.format(Locale.ROOT, "u%05d@example.org", number + 1);
        channel.register(selector, SelectionKey.OP_CONNECT, new Guest(id));
    }

    private void turn(Duration patience) throws IOException {
        selector.select(Math.max(1, patience.toMillis()));
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel());
            } else if (key.isConnectable()) {
                connected(key);
            } else if (key.isReadable()) {
                read(key);
            }
        }
        selector.selectedKeys().clear();
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            open.add(channel);
            accepted++;
        }
    }

    private void connected(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            channel.finishConnect();
        } catch (IOException refused) {
            throw new BenchFailed(
                    "connection %d to %s: %s".formatted(ready + 1, HostPort.text(target), refused.getMessage()),
                    refused);
        }
        key.interestOps(SelectionKey.OP_READ);
        if (registering) {
            // some 30 bytes into an empty send buffer: always taken whole
            channel.write(ByteBuffer.wrap(
                    (";register=" + ((Guest) key.attachment()).id + "\r\n").getBytes(StandardCharsets.US_ASCII)));
        } else {
            in(key);
        }
    }

    private void read(SelectionKey key) throws IOException {
        int count;
        try {
            count = ((SocketChannel) key.channel()).read(buffer.clear());
        } catch (IOException reset) {
            count = -1;
        }
        Guest guest = (Guest) key.attachment();
        if (count < 0) {
            key.channel().close();
            if (guest != null) {
                throw new BenchFailed(LineClient.closedBefore(";registered:" + guest.id));
            }
            lost++;
        } else if (guest != null) {
            guest.said.append(StandardCharsets.UTF_8.decode(buffer.flip()));
            if (guest.isIn()) {
                in(key);
            }
        }
    }

    /** From here on only the end of the connection is of interest; what the guest remembered goes. */
    private void in(SelectionKey key) {
        key.attach(null);
        ready++;
    }

    private static final class Guest {

        private final String id;
        private final StringBuilder said = new StringBuilder();

        Guest(String id) {
            this.id = id;
        }

        boolean isIn() throws BenchFailed {
            int refused = Math.max(said.indexOf(";failed:"), said.indexOf(";error:"));
            if (refused >= 0) {
                throw new BenchFailed("the broker said '%s' to %s (expected: ';registered:%s')"
                        .formatted(said.substring(refused).strip(), id, id));
            }
            return said.indexOf(";registered:" + id) >= 0;
        }
    }
}
