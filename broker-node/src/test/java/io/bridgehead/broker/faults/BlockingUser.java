package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One user on a blocking socket, who reads only when told to. One thread that writes, one that reads. */
final class BlockingUser implements AutoCloseable {

    /** Small kernel buffers of its own: what is pushed beyond them the broker or its kernel has taken. */
    private static final int NARROW = 8 * 1024;

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    private BlockingUser(Socket socket) {
        this.socket = socket;
    }

    static BlockingUser narrow(BrokerProcess node, String id) throws IOException {
        return narrow(address(node), id);
    }

    static BlockingUser narrow(InetSocketAddress node, String id) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(NARROW);
        socket.setSendBufferSize(NARROW);
        return register(socket, node, id, false);
    }

    static BlockingUser wide(BrokerProcess node, String id) throws IOException {
        return register(new Socket(), address(node), id, false);
    }

    /** Over TLS, whatever the certificate. */
    static BlockingUser tls(BrokerProcess node, String id) throws IOException {
        return register(new Socket(), address(node), id, true);
    }

    private static InetSocketAddress address(BrokerProcess node) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(node.place().address()), node.place().tcp());
    }

    private static BlockingUser register(Socket plain, InetSocketAddress node, String id, boolean tls)
            throws IOException {
        plain.setTcpNoDelay(true);
        plain.connect(node);
        BlockingUser user = new BlockingUser(tls ? encrypted(plain) : plain);
        user.socket.setSoTimeout(PATIENCE_MILLIS);
        user.send(";register=" + id);
        assertThat(user.line()).startsWith(";info:");
        assertThat(user.line()).isEqualTo(";registered:" + id);
        return user;
    }

    private static Socket encrypted(Socket plain) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory()
                    .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException impossible) {
            throw new IOException(impossible);
        }
    }

    /** These two become the ends of a bridge. */
    static void bridge(BlockingUser caller, String callerId, BlockingUser callee, String calleeId) throws IOException {
        caller.send(";connect=" + calleeId);
        callee.expect(";connect=" + callerId);
        callee.send(";accept=" + callerId);
        callee.expect(";connected");
        caller.expect(";connected");
    }

    void send(String line) throws IOException {
        write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Some bytes, or -1 at the end. */
    int read(byte[] into) throws IOException {
        return socket.getInputStream().read(into);
    }

    void readFully(byte[] into) throws IOException {
        assertThat(socket.getInputStream().readNBytes(into, 0, into.length)).isEqualTo(into.length);
    }

    void expect(String line) throws IOException {
        assertThat(line()).isEqualTo(line);
    }

    /** The next line, byte by byte: what follows it is the reader's. */
    String line() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            assertThat(next).as("end of stream after \"%s\"", line).isNotNegative();
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
