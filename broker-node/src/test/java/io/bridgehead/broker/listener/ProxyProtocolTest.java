package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.connectFrom;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyProtocolTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final NodeForTest node = new NodeForTest();
    private TcpListener listener;

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void version1NamesTheClientAndTheBytesBehindItArrive() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1"));
        try (Socket socket = connect(port)) {
            send(socket, "PROXY TCP4 203.0.113.7 198.51.100.1 5555 37846\r\nfirst");
            assertThat(receive(socket, 17)).isEqualTo("203.0.113.7:first");
        }
    }

    @Test
    void version2NamesTheClientHoweverItIsCut() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.0/8"));
        byte[] header = HexFormat.of().parseHex(SIGNATURE + "2121" + "0024"
                + "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "15b3" + "93d6");
        for (int cut = 1; cut < header.length; cut += 5) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream().write(header, 0, cut);
                socket.getOutputStream().flush();
                socket.getOutputStream().write(header, cut, header.length - cut);
                send(socket, "first");
                assertThat(receive(socket, 23)).isEqualTo("2001:db8:0:0:0:0:0:7:fi");
            }
        }
    }

    @Test
    void aProxysOwnCheckIsItsOwnClient() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1"));
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(HexFormat.of().parseHex(SIGNATURE + "2000" + "0000"));
            send(socket, "first");
            assertThat(receive(socket, 15)).isEqualTo("127.0.0.1:first");
        }
    }

    @Test
    void aHeaderFromAnotherAddressIsNotReadButClosed() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1", "10.0.0.0/8"));
        try (Socket socket = connectFrom("127.0.0.2", port)) {
            assertThat(receiveAll(socket)).isEmpty();
        }
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.PROXY_REFUSED)).isEqualTo(1);
        assertThat(listener.open()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "hello broker, no header at all\r\n",
        "PROXY TCP4 999.0.0.1 198.51.100.1 5555 37846\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 5555 99999\r\n",
        "PROXY TCP4 203.0.113.7\r\n",
        // 110 bytes without a line end: over the limit
        "PROXY UNKNOWN 11111111112222222222333333333344444444445555555555666666666677777777778888888888999999999900000\r\n",
        // datagrams
        "hex:0d0a0d0a000d0a515549540a2112000c7f0000017f00000100010001"
    })
    void aBadHeaderIsCountedAndClosed(String text) throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1"));
        byte[] bytes = text.startsWith("hex:")
                ? HexFormat.of().parseHex(text.substring(4))
                : text.getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(bytes);
            assertThat(receiveAll(socket)).isEmpty();
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.PROXY_MALFORMED) == 1);
        await().until(() -> listener.open() == 0);
    }

    @Test
    void aHeaderThatAnnounces65535BytesIsCutBeforeTheyAreBuffered() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1"));
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(HexFormat.of().parseHex(SIGNATURE + "2111" + "ffff" + "00".repeat(2000)));
            assertThat(receiveAll(socket)).isEmpty();
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.PROXY_MALFORMED) == 1);
    }

    @Test
    void theRateIsTheClientsNotTheProxys() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1").rate(1, 1));
        for (int client = 1; client <= 5; client++) {
            try (Socket socket = connect(port)) {
                send(socket, "PROXY TCP4 203.0.113." + client + " 198.51.100.1 5555 37846\r\nx");
                assertThat(receive(socket, 13)).isEqualTo("203.0.113." + client + ":x");
            }
        }
        for (int again = 0; again < 3; again++) {
            try (Socket socket = connect(port)) {
                send(socket, "PROXY TCP4 203.0.113.99 198.51.100.1 5555 37846\r\n");
                receiveOrNothing(socket);
            }
        }
        await().until(() -> node.counted(ListenerKey.ESTIM, ConnectionResult.RATE_LIMITED) >= 1);
        await().until(() -> listener.open() == 0);
    }

    @Test
    void closeTakesConnectionsWhoseHeaderIsNotThereYet() throws Exception {
        int port = start(Limits.WIDE.proxied("127.0.0.1"));
        try (Socket socket = connect(port)) {
            await().until(() -> listener.open() == 1);
            await(listener.close());
            assertThat(receiveAll(socket)).isEmpty();
        }
    }

    /** The room echoes each chunk with the client's address before it. */
    private int start(Limits limits) throws Exception {
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, Limits.ANY, limits.build(), node.meters,
                tcp -> tcp.socket().handler(bytes -> tcp.socket().write(tcp.address() + ":" + bytes)));
        return await(listener.start()).getFirst();
    }

    private static void receiveOrNothing(Socket socket) throws Exception {
        socket.shutdownOutput();
        receiveAll(socket);
    }
}
