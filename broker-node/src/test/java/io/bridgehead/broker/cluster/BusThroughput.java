package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;

/**
 * Not a test: how many bytes of one bridge go from one node to another in a second, by a credit loop of 1 MiB. Both nodes
 * are in this process; arguments: {@code plain} or {@code tls}, and seconds.
 */
final class BusThroughput {

    private static final int FRAME = NodeMessageCodec.MAX_BRIDGE_BYTES;
    private static final int WINDOW = 1024 * 1024;
    private static final SessionId SESSION = new SessionId(1, 0);
    private static final CallId CALL = new CallId(SESSION, 1);

    private BusThroughput() {}

    public static void main(String[] arguments) throws Exception {
        boolean tls = arguments[0].equals("tls");
        Duration time = Duration.ofSeconds(Long.parseLong(arguments[1]));
        MutualTlsFiles files = tls
                ? TestMember.certificates(Files.createTempDirectory("throughput"), "node")
                : MutualTlsFiles.NONE;
        int[] ports = {TestMember.freePort(), TestMember.freePort()};
        TestMember a = TestMember.join("a", TestMember.cluster(ports[0], files, ports[1]));
        TestMember b = TestMember.join("b", TestMember.cluster(ports[1], files, ports[0]));
        Awaitility.await().until(() -> a.bus().others().equals(Set.of(new NodeId("b"))));
        b.answers = message -> receive(b, message);
        b.keep = false;
        a.keep = false;
        run(a, time.dividedBy(2), "warm-up");
        run(a, time, tls ? "mutual TLS" : "plain");
        System.exit(0);
    }

    private static NodeBus.Answer receive(TestMember b, NodeMessage message) {
        if (message instanceof NodeMessage.BridgeBytes frame) {
            long taken = frame.bytes().readableBytes();
            frame.bytes().release();
            b.bus().send(LoopAddress.of(new NodeId("a")), new NodeMessage.BridgeCredit(SESSION, CALL, taken));
        }
        return NodeBus.Answer.TAKEN;
    }

    private static void run(TestMember a, Duration time, String name) throws InterruptedException {
        Sender sender = new Sender(a, System.nanoTime() + time.toNanos());
        long begin = System.nanoTime();
        a.answers = sender::credit;
        Context loop = ((VertxInternal) a.member.vertx())
                .contextBuilder()
                .withEventLoop(a.member.loops().all().get(0))
                .build();
        loop.runOnContext(now -> sender.fill());
        sender.done.await();
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%s: %.0f MB/s%n", name, sender.taken / 1e6 / seconds);
    }

    private static final class Sender {

        private final CountDownLatch done = new CountDownLatch(1);
        private final TestMember a;
        private final long end;
        private final ByteBuf source = PooledByteBufAllocator.DEFAULT.directBuffer(FRAME).writeZero(FRAME);
        private long sent;
        private long taken;
        private int sequence;

        private Sender(TestMember a, long end) {
            this.a = a;
            this.end = end;
        }

        private NodeBus.Answer credit(NodeMessage message) {
            if (message instanceof NodeMessage.BridgeCredit credit) {
                taken += credit.taken();
                fill();
            }
            return NodeBus.Answer.TAKEN;
        }

        private void fill() {
            boolean over = System.nanoTime() > end;
            while (!over && sent - taken <= WINDOW - FRAME) {
                a.bus().send(LoopAddress.of(new NodeId("b")),
                        new NodeMessage.BridgeBytes(SESSION, CALL, sequence++, source.retainedDuplicate()));
                sent += FRAME;
            }
            if (over && sent == taken) {
                done.countDown();
            }
        }
    }
}
