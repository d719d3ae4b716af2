package io.bridgehead.broker.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

class NativeTransportTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Meters meters = new Meters(registry);

    @Test
    void theNativeTransportIsOnTheClassPathAndShown() {
        NativeTransport transport = NativeTransport.best(meters);
        assertThat(transport.name()).isEqualTo("epoll");
        assertThat(transport.inUse()).isTrue();
        assertThat(registry.get(Meter.NATIVE_TRANSPORT.meterName()).gauge().value()).isEqualTo(1);
    }

    @Test
    void withoutItJavasOwnServesAndKeepsIdlePeersInViewToo() throws Exception {
        NativeTransport transport = NativeTransport.choose(null, meters);
        assertThat(transport.name()).isEqualTo("nio");
        assertThat(registry.get(Meter.NATIVE_TRANSPORT.meterName()).gauge().value()).isZero();
        Vertx vertx = transport.builder(new VertxOptions().setEventLoopPoolSize(2)).build();
        try {
            CompletableFuture<AcceptedTcp> accepted = new CompletableFuture<>();
            TcpListener listener = new TcpListener(
                    vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), meters, accepted::complete);
            try (Socket socket = NodeForTest.connect(NodeForTest.await(listener.start()).getFirst())) {
                var channel = accepted.get(5, TimeUnit.SECONDS).socket().channelHandlerContext().channel();
                assertThat(channel).isInstanceOf(NioSocketChannel.class);
                assertThat(channel.config().getOption(
                                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
                        .isBetween(KeepAlive.SHORTEST_IDLE_SECONDS, KeepAlive.LONGEST_IDLE_SECONDS);
                assertThat(socket.isConnected()).isTrue();
            }
        } finally {
            NodeForTest.await(vertx.close());
        }
    }
}
