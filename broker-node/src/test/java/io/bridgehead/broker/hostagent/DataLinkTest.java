package io.bridgehead.broker.hostagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.broker.config.Secret;
import io.bridgehead.broker.listener.NativeTransport;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One connection between real sockets, mostly with a patience of a second instead of minutes. */
@Timeout(60)
class DataLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};
    private static final int MANY = 32 * 1024 * 1024;

    private final Vertx vertx = NativeTransport.best(new Meters(new SimpleMeterRegistry()))
            .builder(new VertxOptions().setEventLoopPoolSize(1))
            .build();
    private final Context context = vertx.getOrCreateContext();
    private final Heard heard = new Heard();
    private ServerSocket relayPort;
    private ServerSocket targetPort;
    private HostServiceConfig service;
    private Dialler dialler;
    private DataLink link;

    /** The client, as the relay passes it on, and the server. */
    private Socket client = new Socket();
    private Socket server = new Socket();

    /** What the link's owner is told. */
    private static final class Heard implements DataLink.Owner {

        private final CountDownLatch opened = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private final AtomicInteger toTarget = new AtomicInteger();
        private final AtomicInteger toClient = new AtomicInteger();

        @Override
        public void opened(long id, int session) {
            opened.countDown();
        }

        @Override
        public void clientSpoke(long id) {}

        @Override
        public void lost(long id, String why) {}

        @Override
        public void targetRefused(long id, String why) {}

        @Override
        public void bridged(long id) {}

        @Override
        public void ended(long id) {
            ended.countDown();
        }

        @Override
        public void toTarget(int bytes) {
            toTarget.addAndGet(bytes);
        }

        @Override
        public void toClient(int bytes) {
            toClient.addAndGet(bytes);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        relayPort = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        targetPort = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        RelayAddress relay = new RelayAddress("127.0.0.1", relayPort.getLocalPort(), relayPort.getLocalPort());
        Endpoint target = new Endpoint("127.0.0.1", targetPort.getLocalPort());
        service = new HostServiceConfig("web", target, List.of(relay), 1, new Secret(""), Optional.empty());
        dialler = new Dialler(vertx, service);
    }

    private void bridge(Duration patience) throws Exception {
        link = new DataLink(1, vertx, context, dialler, () -> Unpooled.copiedBuffer(HELLO), patience, heard);
        link.dial(service.relays().getFirst());

        client = relayPort.accept();
        client.setSoTimeout((int) SOON.toMillis());
        assertThat(client.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
        byte[] answer = HostProcessHelloResponse.newBuilder()
                .setSessionId(7)
                .setRelayHost("127.0.0.1")
                .setRelayPort("8002")
                .build()
                .toByteArray();
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeInt(answer.length);
        out.write(answer);
        assertThat(heard.opened.await(20, TimeUnit.SECONDS)).isTrue();
        out.writeByte('q');
        server = targetPort.accept();
        server.setSoTimeout((int) SOON.toMillis());
        assertThat(server.getInputStream().read()).isEqualTo('q');
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
        dialler.close();
        relayPort.close();
        targetPort.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void whatBothSendAndEndArrivesWithItsEnd() throws Exception {
        bridge(PATIENCE);
        server.getOutputStream().write("answer".getBytes());
        server.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo("answer".getBytes());
        client.getOutputStream().write("thanks".getBytes());
        client.shutdownOutput();
        assertThat(server.getInputStream().readAllBytes()).isEqualTo("thanks".getBytes());
        assertThat(heard.ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** He has ended his half, and stands still for several times the patience. */
    @Test
    void aClientThatReadsLateGetsAllOfTheAnswer() throws Exception {
        bridge(PATIENCE);
        client.shutdownOutput();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        byte[] answer = new byte[MANY];
        new Random(9).nextBytes(answer);
        Thread writer = writing(server, answer, true);

        standsStill(heard.toClient);

        assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        writer.join();
    }

    @Test
    void whoSaysNothingBehindTheOthersEndIsCutInTheEnd() throws Exception {
        bridge(PATIENCE);
        client.shutdownOutput();
        assertThat(server.getInputStream().read()).isEqualTo(-1);

        // the server had not ended, so what the client has is not said to be all
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(heard.ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aServerThatBreaksOffIsNoEndForTheClient() throws Exception {
        bridge(PATIENCE);
        server.getOutputStream().write("half an ans".getBytes());
        await().atMost(SOON).until(() -> heard.toClient.get() == "half an ans".length());
        reset(server);

        assertThat(client.getInputStream().readNBytes("half an ans".length())).isEqualTo("half an ans".getBytes());
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aClientThatBreaksOffIsNoEndForTheServer() throws Exception {
        bridge(PATIENCE);
        client.getOutputStream().write("half a quest".getBytes());
        await().atMost(SOON).until(() -> heard.toTarget.get() == 1 + "half a quest".length());
        reset(client);

        assertThat(server.getInputStream().readNBytes("half a quest".length())).isEqualTo("half a quest".getBytes());
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void whatAServerSentBeforeItBrokeOffArrivesThoughTheClientReadsLate() throws Exception {
        bridge(SOON);
        byte[] answer = new byte[1024 * 1024];
        new Random(10).nextBytes(answer);
        server.getOutputStream().write(answer);
        await().atMost(SOON).until(() -> heard.toClient.get() == answer.length);
        reset(server);
        standsStill(heard.toClient);

        assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    /** The target is gone, and what it sent is in the way of its end. */
    @Test
    void aClientThatTakesNothingOfTheLastBytesIsCutInTheEnd() throws Exception {
        bridge(PATIENCE);
        Thread writer = writing(server, new byte[MANY], false);
        standsStill(heard.toClient);
        reset(server);
        writer.join();
        assertThat(heard.ended.await(20, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
    }

    @Test
    void whatWaitsForAClientIsHisThoughHeEndsHisHalfMeanwhile() throws Exception {
        bridge(SOON);
        byte[] answer = new byte[MANY];
        new Random(11).nextBytes(answer);
        Thread writer = writing(server, answer, false);
        standsStill(heard.toClient);
        reset(server);
        writer.join();
        standsStill(heard.toClient);
        int came = heard.toClient.get();
        client.shutdownOutput();

        assertThat(client.getInputStream().readNBytes(came)).isEqualTo(Arrays.copyOf(answer, came));
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aDrainWhoseTimeIsOverIsNoEndForEither() throws Exception {
        bridge(PATIENCE);
        link.cut();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    /** Half a minute of silence, three probes. */
    @Test
    void theKernelIsToldToProbeASilentPeer() throws Exception {
        AtomicReference<EpollSocketChannelConfig> told = new AtomicReference<>();
        context.runOnContext(now -> dialler.target().onSuccess(socket -> told.set(keepAlive(socket))));
        try (Socket accepted = targetPort.accept()) {
            await().atMost(SOON).until(() -> told.get() != null);
            assertThat(told.get().isKeepAlive()).isTrue();
            assertThat(told.get().getTcpKeepIdle()).isEqualTo(30);
            assertThat(told.get().getTcpKeepIntvl()).isEqualTo(10);
            assertThat(told.get().getTcpKeepCnt()).isEqualTo(3);
            assertThat(accepted.isConnected()).isTrue();
        }
    }

    private static EpollSocketChannelConfig keepAlive(NetSocket socket) {
        EpollSocketChannelConfig config = (EpollSocketChannelConfig)
                ((NetSocketInternal) socket).channelHandlerContext().channel().config();
        Leg.over(socket, PATIENCE, new Leg.Owner() {
            @Override
            public void received(ByteBuf bytes) {
                bytes.release();
            }

            @Override
            public void inputEnded() {}

            @Override
            public void drained() {}

            @Override
            public void closed() {}
        });
        return config;
    }

    private static Thread writing(Socket from, byte[] bytes, boolean end) {
        return Thread.ofVirtual().start(() -> {
            try {
                OutputStream out = from.getOutputStream();
                out.write(bytes);
                if (end) {
                    from.shutdownOutput();
                }
            } catch (IOException cut) {
                // the test's reader will tell
            }
        });
    }

    /** For three times the patience nothing moves. */
    private static void standsStill(AtomicInteger bytes) {
        AtomicInteger before = new AtomicInteger();
        await().atMost(SOON)
                .pollInterval(PATIENCE.multipliedBy(3))
                .until(() -> bytes.get() > 0 && before.getAndSet(bytes.get()) == bytes.get());
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
