package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain TCP proxy in front of one backend port. */
final class SmallProxy implements AutoCloseable {

    private final ServerSocket front = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final AtomicInteger connectedOnwards = new AtomicInteger();
    private final int backend;

    SmallProxy(int backend) throws IOException {
        this.backend = backend;
        Thread.ofVirtual().start(() -> {
            while (!front.isClosed()) {
                try {
                    Socket near = front.accept();
                    Thread.ofVirtual().start(() -> serve(near));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    InetSocketAddress address() {
        return new InetSocketAddress(front.getInetAddress(), front.getLocalPort());
    }

    int connectedOnwards() {
        return connectedOnwards.get();
    }

    @Override
    public void close() throws IOException {
        front.close();
    }

    private void serve(Socket near) {
        try (near;
                Socket far = new Socket(front.getInetAddress(), backend)) {
            connectedOnwards.incrementAndGet();
            Thread back = Thread.ofVirtual().start(() -> copy(far, near));
            copy(near, far);
            back.join();
        } catch (IOException gone) {
            // the test's side has closed: nothing is left to copy
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.close();
        } catch (IOException gone) {
            // as above
        }
    }
}
