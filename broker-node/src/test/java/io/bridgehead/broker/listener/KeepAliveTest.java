package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.EpollSocketChannelConfig;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel is told; what becomes of fifty thousand connections with it is in the drills (F22). */
class KeepAliveTest {

    private static final int CONNECTIONS = 40;

    private final NodeForTest node = new NodeForTest();

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void whoCameTogetherIsNotProbedTogether() throws Exception {
        BlockingQueue<AcceptedTcp> accepted = new LinkedBlockingQueue<>();
        TcpListener listener = new TcpListener(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters, accepted::add);
        int port = await(listener.start()).getFirst();
        List<Socket> clients = new ArrayList<>();
        Set<Integer> idle = new HashSet<>();
        for (int n = 0; n < CONNECTIONS; n++) {
            clients.add(connect(port));
            EpollSocketChannelConfig kernel = (EpollSocketChannelConfig) accepted.poll(5, TimeUnit.SECONDS)
                    .socket()
                    .channelHandlerContext()
                    .channel()
                    .config();
            assertThat(kernel.isKeepAlive()).isTrue();
            assertThat(kernel.getTcpKeepIntvl()).isEqualTo(7);
            assertThat(kernel.getTcpKeepCnt()).isEqualTo(7);
            idle.add(kernel.getTcpKeepIdle());
        }
        // 40 of 16 values: fewer than 8 different ones come once in 10^8 runs or less
        assertThat(idle).hasSizeGreaterThanOrEqualTo(8).allMatch(seconds -> seconds >= 45 && seconds <= 60);
        for (Socket client : clients) {
            client.close();
        }
    }
}
