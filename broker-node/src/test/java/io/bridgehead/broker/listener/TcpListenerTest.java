package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.connectFrom;
import static io.bridgehead.broker.listener.NodeForTest.receive;
import static io.bridgehead.broker.listener.NodeForTest.receiveAll;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.FreePorts;
import io.bridgehead.broker.config.Endpoint;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpListenerTest {

    private final NodeForTest node = new NodeForTest();
    private final Queue<AcceptedTcp> accepted = new ConcurrentLinkedQueue<>();
    private TcpListener listener;

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void connectionsSpreadOverTheEventLoopsAndEcho() throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters, tcp -> {
            threads.add(Thread.currentThread());
            tcp.socket().handler(tcp.socket()::write);
        });
        int port = await(listener.start()).getFirst();
        for (int i = 0; i < 8; i++) {
            try (Socket socket = connect(port)) {
                send(socket, "ping" + i);
                assertThat(receive(socket, 5)).isEqualTo("ping" + i);
            }
        }
        assertThat(threads).hasSize(2);
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.ACCEPTED)).isEqualTo(8);
    }

    @Test
    void theRoomHearsTheClientsAddress() throws Exception {
        int port = start(Limits.WIDE);
        try (Socket socket = connectFrom("127.0.0.7", port)) {
            assertThat(receive(socket, 5)).isEqualTo("hello");
            assertThat(accepted.peek().address()).isEqualTo("127.0.0.7");
            assertThat(accepted.peek().listener()).isEqualTo(ListenerKey.ESTIM);
        }
    }

    @Test
    void severalEndpointsAnswerTheirPortsInOrder() throws Exception {
        int fixed = freePort();
        listener = listener(Limits.WIDE, List.of(new Endpoint("127.0.0.1", 0), new Endpoint("127.0.0.1", fixed),
                new Endpoint("localhost", 0)));
        List<Integer> ports = await(listener.start());
        assertThat(ports).hasSize(3).doesNotContain(0).doesNotHaveDuplicates();
        assertThat(ports.get(1)).isEqualTo(fixed);
        for (int port : ports) {
            try (Socket socket = connect(port)) {
                assertThat(receive(socket, 5)).isEqualTo("hello");
            }
        }
    }

    @Test
    void aPortInUseFailsTheStartWithItsKeyAndClosesTheOthers() throws Exception {
        int free = freePort();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            listener = listener(Limits.WIDE,
                    List.of(new Endpoint("127.0.0.1", free), new Endpoint("127.0.0.1", other.getLocalPort())));
            assertThatThrownBy(() -> await(listener.start()))
                    .hasRootCauseInstanceOf(ListenFailure.class)
                    .hasRootCauseMessage("estim.listen: 127.0.0.1:" + other.getLocalPort() + " is in use (expected: a free port)");
            assertThatThrownBy(() -> connect(free)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void anotherListenerOfThisProcessIsNotSharedWith() throws Exception {
        int port = freePort();
        List<Endpoint> same = List.of(new Endpoint("127.0.0.1", port));
        await(listener(Limits.WIDE, same).start());
        TcpListener second = new TcpListener(
                node.vertx, ListenerKey.RELAY_HOSTS, same, Limits.WIDE.build(), node.meters, accepted::add);
        assertThatThrownBy(() -> await(second.start()))
                .hasRootCauseMessage("relay.hosts: 127.0.0.1:" + port + " is in use by this process (expected: a free port)");
    }

    @Test
    void addressesThatCannotBeBoundAreNamed() {
        assertThatThrownBy(() -> await(listener(Limits.WIDE, List.of(new Endpoint("192.0.2.1", 4000))).start()))
                .hasRootCauseMessage("estim.listen: 192.0.2.1:4000 is no address of this machine");
        assertThatThrownBy(() -> await(listener(Limits.WIDE, List.of(new Endpoint("nobody.invalid", 4000))).start()))
                .hasRootCauseMessage("estim.listen: nobody.invalid:4000 has a host name nobody knows");
    }

    @Test
    void aVertxThatWasNotBuiltForItIsRefused() throws Exception {
        Vertx plain = Vertx.vertx();
        try {
            assertThatThrownBy(() -> new TcpListener(
                            plain, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters, accepted::add))
                    .hasMessageContaining("expected: one built by NativeTransport");
        } finally {
            await(plain.close());
        }
    }

    @Test
    void moreThanTheLimitAreClosedAndAPlaceIsGivenBackOnce() throws Exception {
        int port = start(Limits.WIDE.atMost(2));
        for (int round = 0; round < 3; round++) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Socket socket = connect(port);
                assertThat(receive(socket, 5)).isEqualTo("hello");
                held.add(socket);
            }
            try (Socket third = connect(port)) {
                assertThat(receiveAll(third)).isEmpty();
            }
            for (Socket socket : held) {
                socket.close();
            }
            await().until(() -> listener.open() == 0);
        }
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.OVER_LIMIT)).isEqualTo(3);
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.ACCEPTED)).isEqualTo(6);
        assertThat(node.registry.scrape()).contains("bridgehead_connections_open{listener=\"estim\"} 0.0\n");
    }

    @Test
    void tooManyASecondFromOneAddressAreClosedOthersAreServed() throws Exception {
        int port = start(Limits.WIDE.rate(1, 2));
        int served = 0;
        for (int i = 0; i < 10; i++) {
            try (Socket socket = connectFrom("127.0.0.9", port)) {
                served += receiveAllOr(socket, "hello") ? 1 : 0;
            }
        }
        assertThat(served).isBetween(2, 4);
        assertThat(node.counted(ListenerKey.ESTIM, ConnectionResult.RATE_LIMITED)).isEqualTo(10 - served);
        try (Socket other = connectFrom("127.0.0.10", port)) {
            assertThat(receive(other, 5)).isEqualTo("hello");
        }
    }

    @Test
    void stopAcceptingClosesTheListeningSocketAndLeavesConnections() throws Exception {
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters,
                tcp -> tcp.socket().handler(tcp.socket()::write));
        int port = await(listener.start()).getFirst();
        try (Socket before = connect(port); Socket alsoBefore = connect(port)) {
            // what is still in the backlog is nobody's yet, and goes with the listening socket
            for (Socket socket : List.of(before, alsoBefore)) {
                send(socket, "one");
                assertThat(receive(socket, 3)).isEqualTo("one");
            }
            await(listener.stopAccepting());
            assertThatThrownBy(() -> connect(port)).isInstanceOf(SocketException.class);
            for (Socket socket : List.of(before, alsoBefore)) {
                send(socket, "two");
                assertThat(receive(socket, 3)).isEqualTo("two");
            }
            assertThat(await(listener.acceptAgain())).containsExactly(port);
            try (Socket after = connect(port)) {
                send(after, "new");
                assertThat(receive(after, 3)).isEqualTo("new");
                send(before, "old");
                assertThat(receive(before, 3)).isEqualTo("old");
                await(listener.close());
                assertThat(receiveAll(after)).isEmpty();
                assertThat(receiveAll(before)).isEmpty();
            }
            await().until(() -> listener.open() == 0);
        }
    }

    /** With a port that was chosen, Vert.x has its servers by that port. */
    @Test
    void aChosenPortIsListenedOnAgainAndAgain() throws Exception {
        int port = FreePorts.of(1).getFirst();
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, List.of(new Endpoint("127.0.0.1", port)),
                Limits.WIDE.build(), node.meters, tcp -> tcp.socket().handler(tcp.socket()::write));
        await(listener.start());
        for (int round = 0; round < 3; round++) {
            try (Socket before = connect(port)) {
                send(before, "one");
                assertThat(receive(before, 3)).isEqualTo("one");
                await(listener.stopAccepting());
                assertThatThrownBy(() -> connect(port)).isInstanceOf(SocketException.class);
                assertThat(await(listener.acceptAgain())).containsExactly(port);
                send(before, "two");
                assertThat(receive(before, 3)).isEqualTo("two");
            }
        }
    }

    @Test
    void aRoomThatThrowsCostsItsConnectionOnly() throws Exception {
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters, tcp -> {
            throw new IllegalStateException("planted");
        });
        int port = await(listener.start()).getFirst();
        try (Socket socket = connect(port)) {
            assertThat(receiveAll(socket)).isEmpty();
        }
        await().until(() -> listener.open() == 0);
    }

    @Test
    void anIdleHalfOpenPeerIsGoneWithinTwoMinutesByTheKernelsCare() throws Exception {
        int port = start(Limits.WIDE);
        try (Socket socket = connect(port)) {
            receive(socket, 5);
            EpollSocketChannelConfig kernel =
                    (EpollSocketChannelConfig) accepted.peek().socket().channelHandlerContext().channel().config();
            assertThat(kernel.isKeepAlive()).isTrue();
            assertThat(kernel.isTcpNoDelay()).isTrue();
            assertThat(kernel.getTcpUserTimeout()).isEqualTo(30_000);
            assertThat(kernel.getTcpKeepIdle() + kernel.getTcpKeepIntvl() * kernel.getTcpKeepCnt()).isBetween(30, 120);
        }
    }

    private int start(Limits limits) throws Exception {
        return await(listener(limits, Limits.ANY).start()).getFirst();
    }

    private TcpListener listener(Limits limits, List<Endpoint> endpoints) {
        listener = new TcpListener(node.vertx, ListenerKey.ESTIM, endpoints, limits.build(), node.meters, tcp -> {
            accepted.add(tcp);
            tcp.socket().write("hello");
        });
        return listener;
    }

    private static boolean receiveAllOr(Socket socket, String expected) throws Exception {
        try {
            return receive(socket, expected.length()).equals(expected);
        } catch (SocketException reset) {
            return false;
        }
    }

    private static int freePort() {
        return FreePorts.of(1).getFirst();
    }
}
