package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench dials}: connections per second through a relay or a proxy. Each connects, sends some bytes, reads them back
 * from the backend and leaves, so that what stands in between has built its whole way.
 */
@Command(
        name = "dials",
        description = "Connections per second through a relay or a TCP proxy, to a backend that echoes.",
        mixinStandardHelpOptions = true)
final class DialsBenchmark extends Benchmark {

    private static final int BACKLOG = 4096;

    @Option(names = "--proxy", required = true, paramLabel = "HOST:PORT", converter = HostPort.class,
            description = "where clients come in")
    private InetSocketAddress front;

    @Option(names = "--backend-port", required = true, paramLabel = "PORT",
            description = "where it connects to; this command listens there")
    private int backendPort;

    @Option(names = "--proxy-name", paramLabel = "NAME", defaultValue = "proxy", description = "in the report")
    private String name;

    @Option(names = "--dials", defaultValue = "10000", description = "${DEFAULT-VALUE}")
    private int dials;

    @Option(names = "--parallel", defaultValue = "1", description = "at a time; ${DEFAULT-VALUE}")
    private int parallel;

    @Override
    Report measure() throws IOException, InterruptedException {
        require(backendPort > 0 && backendPort <= 65_535, "--backend-port", backendPort, "1..65535");
        require(dials > 0, "--dials", dials, "1 or more");
        require(parallel > 0 && parallel <= 1000, "--parallel", parallel, "1..1000");
        try (ServerSocketChannel backend = ServerSocketChannel.open()) {
            backend.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            backend.bind(new InetSocketAddress(front.getAddress(), backendPort), BACKLOG);
            Thread.ofPlatform().daemon().name("bench-backend").start(() -> accept(backend));
            Workers.run(Math.max(1, dials / 5), parallel, this::dial);
            long[] taken = new long[dials];
            double seconds = Workers.run(dials, parallel, number -> taken[number] = dial(number));
            Percentiles each = new Percentiles(taken);
            return new Report(
                    "dials",
                    new TreeMap<>(Map.of("dials", dials, "parallel", parallel)),
                    List.of(
                            Figure.once(name, "connections", "per second", dials / seconds),
                            Figure.once(name, "connect to first answer p50", "µs", each.micros(50)),
                            Figure.once(name, "connect to first answer p99", "µs", each.micros(99))));
        }
    }

    private long dial(int number) throws IOException {
        long start = System.nanoTime();
        try (SocketChannel client = SocketChannel.open()) {
            Sources.bind(client, front, number);
            client.socket().setSoTimeout(LineClient.PATIENCE_MS);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.connect(front);
            ByteBuffer message = ByteBuffer.allocate(Payload.MESSAGE);
            while (message.hasRemaining()) {
                client.write(message);
            }
            // through the socket's stream: only that has a time-out
            if (client.socket().getInputStream().readNBytes(Payload.MESSAGE).length < Payload.MESSAGE) {
                throw new BenchFailed("connection %d to %s ended before its answer".formatted(number, HostPort.text(front)));
            }
            return System.nanoTime() - start;
        }
    }

    private static void accept(ServerSocketChannel backend) {
        while (backend.isOpen()) {
            try {
                SocketChannel connection = backend.accept();
                Thread.ofVirtual().start(() -> echo(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void echo(SocketChannel connection) {
        try (connection) {
            ByteBuffer bytes = ByteBuffer.allocate(Payload.MESSAGE);
            while (connection.read(bytes.clear()) >= 0) {
                bytes.flip();
                while (bytes.hasRemaining()) {
                    connection.write(bytes);
                }
            }
        } catch (IOException gone) {
            // the client tells when it misses something
        }
    }
}
