package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One TCP connection to the relay, of a client or a host. Blocking; one thread. */
record RelayPipe(Socket socket) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static RelayPipe connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RelayPipe(socket);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Exactly these bytes come next. */
    void expect(String text) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        assertThat(new String(socket.getInputStream().readNBytes(wanted.length), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    /** The other side sends no more. */
    void expectEnd() throws IOException {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    /** The connection breaks off: nobody may take this for the end. */
    void expectCut() {
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    /** The connection is over, in one way or the other. */
    void expectClosed() throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            // as good
        }
    }

    /** This side sends no more. */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Without a word: the other side gets a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
