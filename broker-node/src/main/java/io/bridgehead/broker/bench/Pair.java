package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Two blocking sockets with something between them: what one writes, the other reads.
 *
 * @param near the one that called
 * @param far the one that was called
 */
record Pair(SocketChannel near, SocketChannel far) implements AutoCloseable {

    /** Registers a user on each of two nodes, or both on one, and has the first call the second. */
    static Pair throughBroker(InetSocketAddress near, InetSocketAddress far) throws IOException {
        LineClient caller = LineClient.registered(near, 0, "bench-a@example.org");
        try {
            LineClient callee = LineClient.registered(far, 0, "bench-b@example.org");
            try {
                Calls.connect(caller, "bench-a@example.org", callee, "bench-b@example.org");
                return new Pair(caller.bytes(), callee.bytes());
            } catch (IOException failed) {
                callee.close();
                throw failed;
            }
        } catch (IOException failed) {
            caller.close();
            throw failed;
        }
    }

    /** Connects to a TCP proxy whose backend is {@code backendPort} on this machine, and takes what it opens there. */
    static Pair throughProxy(InetSocketAddress front, int backendPort) throws IOException {
        try (ServerSocketChannel backend = ServerSocketChannel.open()) {
            backend.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            backend.bind(new InetSocketAddress(front.getAddress(), backendPort));
            backend.socket().setSoTimeout(LineClient.PATIENCE_MS);
            SocketChannel near = SocketChannel.open(front);
            try {
                SocketChannel far = backend.socket().accept().getChannel();
                near.setOption(StandardSocketOptions.TCP_NODELAY, true);
                far.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return new Pair(near, far);
            } catch (IOException failed) {
                near.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new BenchFailed(
                    "proxy %s with backend port %d: %s".formatted(HostPort.text(front), backendPort, failed), failed);
        }
    }

    @Override
    public void close() throws IOException {
        try (near; far) {
            // both, whatever the first one throws
        }
    }
}
