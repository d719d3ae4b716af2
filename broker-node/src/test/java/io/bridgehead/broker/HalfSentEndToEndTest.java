package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that begin something and then say nothing more. Source: {@code reliability.md} §3 line 6. */
class HalfSentEndToEndTest {

    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    @TempDir
    private Path directory;

    @Test
    void halfAFrameAndSilenceIsClosedInTime() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open", "estim.registration-timeout=1s");
                Socket half = webSocket(node)) {
            // a text frame of 13 bytes under an empty mask, and six of them
            half.getOutputStream()
                    .write(new byte[] {(byte) 0x81, (byte) (0x80 | 13), 0, 0, 0, 0, ';', 'r', 'e', 'g', 'i', 's'});
            long began = System.nanoTime();
            assertThat(textUntil(half, ";error:registration time-out")).isNotEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            // the answer to the close frame is waited for, 10 s
            half.setSoTimeout(15_000);
            half.getInputStream().transferTo(OutputStream.nullOutputStream());
            await().untilAsserted(() -> assertThat(
                            node.metric("bridgehead_closes_total{reason=\"registration_timeout\"}"))
                    .isEqualTo(1));
        }
    }

    @Test
    void halfACommandOfARegisteredClientWaitsForItsRestAndHoldsNobodyUp() throws Exception {
        try (TestNode node = TestNode.start(directory, "accounts.mode=open", "estim.registration-timeout=1s");
                LineClient half = node.registered("half");
                LineClient other = node.registered("other")) {
            half.write(";connect=ot");
            other.send(";connect=half");
            half.expect(";connect=other");
            // longer than the time for registering
            await().pollDelay(Duration.ofMillis(1_500)).until(() -> node.sessions() == 2);
            half.write("her\r\n");
            other.expect(";connect=half");
            half.send(";accept=other");
            half.expect(";connected");
            other.expect(";connected");
            // a beginning that may become a command is held back: what the partner writes is not
            half.write("\n;en");
            other.expectData("\n");
            other.write("still there?\n");
            half.expectData("still there?\n");
            half.write("ough\n");
            other.expectData(";enough\n");
        }
    }

    private static Socket webSocket(TestNode node) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.webSocket());
        socket.setSoTimeout(10_000);
        OutputStream out = socket.getOutputStream();
        out.write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
        assertThat(textUntil(socket, ";info:")).contains("101 Switching Protocols");
        return socket;
    }

    private static String textUntil(Socket socket, String last) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().contains(last)) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after %s", text).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }
}
