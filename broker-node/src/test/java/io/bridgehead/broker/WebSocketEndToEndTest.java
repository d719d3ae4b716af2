package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.WebSocketLineClient.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line protocol over WebSocket, and its bridges to TCP. */
class WebSocketEndToEndTest {

    @TempDir
    private static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(directory, "accounts.mode=open");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void oneMessageIsOneLineWithOrWithoutALineEnd() throws Exception {
        try (WebSocketLineClient client = WebSocketLineClient.connect(node.webSocket(), "/any/path?x=y")) {
            client.send(";register=line.end\r\n").expect(";registered:line.end");
            client.send(";connect=line.end\n").expect(";error:cannot call yourself");
            client.send(";connect=line.end").expect(";error:cannot call yourself");
            client.send("no command").send(";connect=line.end").expect(";error:cannot call yourself");
        }
    }

    @Test
    void aFragmentedMessageIsOneLine() throws Exception {
        try (WebSocketLineClient client = WebSocketLineClient.connect(node.webSocket(), "/")) {
            client.send(";reg", false).send("ister=frag", false).send("mented", true);
            client.expect(";registered:fragmented");
        }
    }

    @Test
    void aWebSocketAndTcpAreBridgedBothWays() throws Exception {
        try (WebSocketLineClient web = WebSocketLineClient.registered(node.webSocket(), "web1");
                LineClient tcp = node.registered("tcp1")) {
            web.send(";connect=tcp1");
            tcp.expect(";connect=web1");
            tcp.send(";accept=web1");
            tcp.expect(";connected");
            web.expect(";connected");
            web.send("A50\r\n").send("no line end").send(new byte[] {0, (byte) 0xff, '\n'}).send("text again");
            assertThat(tcp.bytes(29)).isEqualTo(
                    "A50\r\nno line end\0\u00ff\ntext again".getBytes(StandardCharsets.ISO_8859_1));
            tcp.write("status\r\n");
            web.expectText("status\r\n");
            web.send(";GOTO=12").send(";end");
            tcp.expectData(";GOTO=12");
            tcp.expect(";disconnected");
        }
    }

    @Test
    void twoWebSocketsAreBridged() throws Exception {
        try (WebSocketLineClient one = WebSocketLineClient.registered(node.webSocket(), "web2");
                WebSocketLineClient two = WebSocketLineClient.registered(node.webSocket(), "web3")) {
            one.send(";connect=web3");
            two.expect(";connect=web2");
            two.send(";accept=web2").expect(";connected");
            one.expect(";connected");
            one.send("hello").send("€ and more");
            two.expectText("hello€ and more");
            two.close();
            one.expect(";disconnected");
        }
    }

    private interface Bridged {
        void test(WebSocketLineClient web, LineClient tcp) throws Exception;
    }

    private void bridged(String name, Bridged test) throws Exception {
        try (WebSocketLineClient web = WebSocketLineClient.registered(node.webSocket(), "w-" + name);
                LineClient tcp = node.registered("t-" + name)) {
            tcp.send(";connect=w-" + name);
            web.expect(";connect=t-" + name);
            web.send(";accept=t-" + name).expect(";connected");
            tcp.expect(";connected");
            test.test(web, tcp);
        }
    }

    @Test
    void textStaysTextAndIsCutAtCharactersOnly() throws Exception {
        bridged("cut", (web, tcp) -> {
            String text = "€uro 漢字 naïve 🌍 ".repeat(500);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < 200; at++) {
                tcp.write(new byte[] {bytes[at]});
            }
            for (int at = 200; at < bytes.length; at += 7) {
                tcp.write(Arrays.copyOfRange(bytes, at, Math.min(at + 7, bytes.length)));
            }
            web.expectText(text);
        });
    }

    @Test
    void bytesThatAreNoTextGoAsBinary() throws Exception {
        bridged("invalid", (web, tcp) -> {
            byte[] invalid = {'a', (byte) 0xc0, (byte) 0xaf, 0, (byte) 0xff};
            tcp.write(invalid);
            web.expectBinary(invalid);
            tcp.write("text\n");
            web.expectText("text\n");
        });
    }

    @Test
    void aCharacterThatNeverEndsGoesAsBinaryBeforeTheEnd() throws Exception {
        bridged("half", (web, tcp) -> {
            tcp.write(new byte[] {(byte) 0xe2, (byte) 0x82});
            tcp.close();
            web.expectBinary(new byte[] {(byte) 0xe2, (byte) 0x82});
            web.expect(";disconnected");
        });
    }

    @Test
    void aClientThatSpeaksBinaryHearsBinary() throws Exception {
        bridged("binary", (web, tcp) -> {
            web.send("ping".getBytes(StandardCharsets.US_ASCII));
            tcp.expectData("ping");
            tcp.write("pong");
            web.expectBinary("pong".getBytes(StandardCharsets.US_ASCII));
            web.send("text");
            tcp.expectData("text");
            tcp.write("text too");
            web.expectText("text too");
        });
    }

    @Test
    void muchGoesThroughUnchanged() throws Exception {
        bridged("much", (web, tcp) -> {
            byte[] much = new byte[4 * 1024 * 1024];
            new Random(1).nextBytes(much);
            web.send("x".getBytes(StandardCharsets.US_ASCII));
            tcp.expectData("x");
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    tcp.write(much);
                } catch (IOException cut) {
                    throw new AssertionError(cut);
                }
            });
            web.expectBinary(much);
            writer.join();
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int at = 0; at < much.length; at += 64 * 1024) {
                    web.send(Arrays.copyOfRange(much, at, at + 64 * 1024));
                }
            });
            assertThat(tcp.bytes(much.length)).isEqualTo(much);
            sender.join();
        });
    }

    @Test
    void aFrameOverTheLimitCloses() throws Exception {
        bridged("frame", (web, tcp) -> {
            double before = protocolErrors();
            web.send(new byte[64 * 1024]);
            assertThat(tcp.bytes(64 * 1024)).containsOnly(0);
            web.sendRefused(new byte[64 * 1024 + 1]);
            tcp.expect(";disconnected");
            assertThat(web.next()).isInstanceOf(Message.Closed.class);
            await().untilAsserted(() -> assertThat(protocolErrors()).isEqualTo(before + 1));
        });
    }

    @Test
    void anUnmaskedFrameCloses() throws Exception {
        double before = protocolErrors();
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), node.webSocket())) {
            raw.setSoTimeout(10_000);
            raw.getOutputStream().write(("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                            + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Version: 13\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            // a frame that comes along with the request would be the HTTP decoder's to refuse
            StringBuilder greeting = new StringBuilder();
            while (!greeting.toString().contains(";info:")) {
                int next = raw.getInputStream().read();
                assertThat(next).as("after %s", greeting).isNotNegative();
                greeting.append((char) next);
            }
            assertThat(greeting.toString()).contains("101 Switching Protocols");
            raw.getOutputStream().write(new byte[] {(byte) 0x81, 5, ';', 'h', 'e', 'l', 'p'});
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            raw.getInputStream().transferTo(all);
            assertThat(all.toString(StandardCharsets.ISO_8859_1)).doesNotContain(";help:help");
        }
        await().untilAsserted(() -> assertThat(protocolErrors()).isEqualTo(before + 1));
    }

    @Test
    void aLineBeyondTheLimitCloses() throws Exception {
        try (WebSocketLineClient client = WebSocketLineClient.connect(node.webSocket(), "/")) {
            client.send("x".repeat(1_024)).send("x".repeat(1_025)).expect(";error:line too long");
            assertThat(client.next()).isInstanceOf(Message.Closed.class);
        }
    }

    /** A client sees its connection closed before the node has counted why: all of the tests before have been. */
    @AfterEach
    void allAreCounted() {
        await().untilAsserted(() -> {
            double came = accepted("estim") + accepted("estim_websocket");
            assertThat(node.sum("bridgehead_closes_total")).isEqualTo(came);
        });
    }

    private static double accepted(String listener) throws Exception {
        return node.metric("bridgehead_connections_total{listener=\"%s\",result=\"accepted\"}".formatted(listener));
    }

    private static double protocolErrors() throws Exception {
        return node.metric("bridgehead_closes_total{reason=\"protocol_error\"}");
    }
}
