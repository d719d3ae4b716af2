package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strangers at the event bus's port: each is refused, and the bus goes on. */
class BusDoorTest {

    private static final int PORT = TestMember.freePort();
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    @TempDir
    static Path own;

    @TempDir
    static Path rogue;

    private static final Vertx STRANGER = Vertx.vertx();
    private static TestMember a;
    private static TestMember b;

    @BeforeAll
    static void join() {
        int[] ports = {TestMember.freePort(), TestMember.freePort()};
        TestMember.certificates(own, "a", "b");
        a = TestMember.join("a", TestMember.cluster(ports[0], TestMember.files(own, "a"), ports[1]));
        b = TestMember.join("b", TestMember.withBus(
                TestMember.cluster(ports[1], TestMember.files(own, "b"), ports[0]), TestMember.at(PORT)));
        await().until(() -> a.bus().others().equals(Set.of(B)));
    }

    @AfterEach
    void theBusGoesOn() {
        await().until(() -> a.bus().ask(LoopAddress.of(B), new NodeMessage.Ping(A)).otherwise(Answer.NOT_HERE)
                .toCompletionStage().toCompletableFuture().join() == Answer.TAKEN);
        assertThat(b.received).isEmpty();
    }

    @AfterAll
    static void leave() {
        STRANGER.close();
        b.close();
        a.close();
    }

    @Test
    void aCertificateOfThisClusterIsLetIn() {
        assertThat(pong(tls().setKeyCertOptions(keys(TestMember.files(own, "a"))))).isTrue();
    }

    @Test
    void noCertificateIsRefused() {
        assertThat(pong(tls())).isFalse();
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        MutualTlsFiles files = TestMember.certificates(rogue, "a");

        assertThat(pong(tls().setKeyCertOptions(keys(files)))).isFalse();
    }

    @Test
    void plainTextIsRefused() {
        assertThat(pong(new NetClientOptions())).isFalse();
    }

    @Test
    void aFrameOfTwoGigabytesFromAStrangerTakesNoMemory() throws IOException {
        long before = heap();
        long peak = before;
        try (Socket socket = new Socket("127.0.0.1", PORT)) {
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {0x7f, -1, -1, -1});
            byte[] chunk = new byte[1024 * 1024];
            for (int megabyte = 0; megabyte < 512; megabyte++) {
                out.write(chunk);
                if (megabyte % 64 == 0) {
                    peak = Math.max(peak, heap());
                }
            }
            throw new AssertionError("512 MiB were taken");
        } catch (SocketException closed) {
            peak = Math.max(peak, heap());
        }
        assertThat(peak - before).isLessThan(32L * 1024 * 1024);
    }

    /** Whether the bus answers the ping of its own protocol, as it does a member. */
    private static boolean pong(NetClientOptions options) {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        STRANGER.createNetClient(options.setConnectTimeout(2000))
                .connect(PORT, "127.0.0.1")
                .onFailure(refused -> answered.complete(false))
                .onSuccess(socket -> ping(socket, answered));
        return answered.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static void ping(NetSocket socket, CompletableFuture<Boolean> answered) {
        socket.handler(pong -> answered.complete(pong.length() == 1));
        socket.exceptionHandler(refused -> answered.complete(false));
        socket.closeHandler(closed -> answered.complete(false));
        Buffer address = Buffer.buffer("__vertx_ping");
        Buffer message = Buffer.buffer()
                .appendByte((byte) 1)
                .appendByte((byte) 1)
                .appendByte((byte) 0)
                .appendInt(address.length())
                .appendBuffer(address)
                .appendInt(0)
                .appendInt(1)
                .appendByte((byte) 'x')
                .appendInt(4);
        socket.write(Buffer.buffer().appendInt(message.length()).appendBuffer(message));
    }

    private static NetClientOptions tls() {
        return new NetClientOptions().setSsl(true).setTrustAll(true).setHostnameVerificationAlgorithm("");
    }

    private static PemKeyCertOptions keys(MutualTlsFiles files) {
        return new PemKeyCertOptions()
                .setCertPath(files.cert().toString())
                .setKeyPath(files.key().toString());
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
