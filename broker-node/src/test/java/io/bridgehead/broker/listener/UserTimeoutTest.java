package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static io.bridgehead.broker.listener.NodeForTest.connect;
import static io.bridgehead.broker.listener.NodeForTest.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.session.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel is told, of both transports; what it makes of that is in the drills (F12). */
class UserTimeoutTest {

    private static final Duration UNACKNOWLEDGED = Duration.ofMillis(300);
    private static final Duration STALL = Duration.ofSeconds(40);
    /** From the last sign of life: 15 s, and three probes 5 s apart. */
    private static final int KEEP_ALIVE_OF_HOSTS_MILLIS = 30_000;

    private final NodeForTest node = new NodeForTest();
    private final CompletableFuture<Transport> accepted = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private EpollSocketChannelConfig kernel;

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void aSocketsFollowsItsUse() throws Exception {
        try (Socket socket = connect(tcp(tcp -> {}))) {
            follows(socket, (int) STALL.plusSeconds(10).plus(UNACKNOWLEDGED).toMillis());
        }
    }

    @Test
    void aWaitingHostsIsShorter() throws Exception {
        try (Socket socket = connect(tcp(AcceptedTcp::probeSoon))) {
            accepted.join();
            await("nothing was written lately")
                    .until(() -> kernel.getTcpUserTimeout() == KEEP_ALIVE_OF_HOSTS_MILLIS);
        }
    }

    private int tcp(Consumer<AcceptedTcp> first) throws Exception {
        TcpListener listener = new TcpListener(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters, tcp -> {
                    first.accept(tcp);
                    kernel = kernelOf(tcp.socket().channelHandlerContext().channel());
                    start(new TcpTransport(tcp.socket(), Duration.ofSeconds(30), STALL, UNACKNOWLEDGED));
                });
        return await(listener.start()).getFirst();
    }

    @Test
    void aWebSocketsFollowsItsUse() throws Exception {
        WebSocketListener listener = new WebSocketListener(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), List.of(), node.meters, web -> {
                    kernel = kernelOf(((WebSocketInternal) web.socket()).channelHandlerContext().channel());
                    start(new WebSocketTransport(
                            web.socket(), ContextInternal.current(), Duration.ofSeconds(30), STALL, UNACKNOWLEDGED));
                });
        try (Socket socket = connect(await(listener.start()).getFirst())) {
            send(socket, RawWebSocket.upgrade(""));
            RawWebSocket.readHead(socket);
            follows(socket, (int) STALL.plusSeconds(5).plus(UNACKNOWLEDGED).toMillis());
        }
    }

    private void follows(Socket socket, int stallMillis) throws Exception {
        Transport transport = accepted.join();
        await("nothing was written lately").until(this::isKeepAlives);
        assertThat(after(transport, () -> transport.writeLines(List.of(";info:hello"))))
                .isEqualTo((int) UNACKNOWLEDGED.toMillis());
        await("it is acknowledged").until(this::isKeepAlives);

        assertThat(after(transport, () -> {
                    transport.writeLines(List.of(";connected"));
                    transport.bridged(true);
                }))
                .isEqualTo(stallMillis);
        assertThat(after(transport, () -> transport.writeLines(List.of(";info:in a bridge"))))
                .isEqualTo(stallMillis);

        assertThat(after(transport, () -> transport.bridged(false))).isEqualTo((int) UNACKNOWLEDGED.toMillis());
        await("the bridge's end is acknowledged").until(this::isKeepAlives);

        after(transport, () -> transport.writeLines(List.of(";info:last")));
        socket.close();
        closed.join();
    }

    /** From the last sign of life: 45 to 60 s, which differs, and seven probes 7 s apart. */
    private boolean isKeepAlives() {
        assertThat(kernel.getTcpKeepIdle()).isBetween(45, 60);
        return kernel.getTcpUserTimeout() == (kernel.getTcpKeepIdle() + 7 * 7) * 1_000;
    }

    /** What the kernel was told by this task; asked in the same turn of the event loop, for it changes by itself. */
    private int after(Transport transport, Runnable task) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            task.run();
                            return kernel.getTcpUserTimeout();
                        },
                        transport.eventLoop())
                .join();
    }

    private static EpollSocketChannelConfig kernelOf(Channel channel) {
        return (EpollSocketChannelConfig) channel.config();
    }

    private void start(Transport transport) {
        transport.start(new Transport.Receiver() {
            @Override
            public void received(ByteBuf bytes) {
                bytes.release();
            }

            @Override
            public void messageEnded() {
                // as with bytes
            }

            @Override
            public void drained() {
                // so little is written
            }

            @Override
            public void inputEnded() {
                transport.close();
            }

            @Override
            public void closed(CloseReason reason) {
                closed.complete(null);
            }
        });
        accepted.complete(transport);
    }
}
