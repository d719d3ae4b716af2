package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of a real cluster over mutual TLS, and a third that is killed. */
class EventBusNodeBusTest {

    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final NodeId C = new NodeId("c");
    private static final SessionId SESSION = new SessionId(1, 2);

    @TempDir
    static Path certificates;

    private static final int[] PORTS = {TestMember.freePort(), TestMember.freePort(), TestMember.freePort()};
    private static TestMember a;
    private static TestMember b;

    @BeforeAll
    static void join() {
        TestMember.certificates(certificates, "a", "b", "c");
        a = TestMember.join("a", TestMember.cluster(PORTS[0], tls("a"), PORTS[1]));
        b = TestMember.join("b", TestMember.cluster(PORTS[1], tls("b"), PORTS[0]));
        await().until(() -> a.bus().others().equals(Set.of(B)) && b.bus().others().equals(Set.of(A)));
    }

    @AfterAll
    static void leave() {
        b.close();
        a.close();
    }

    @Test
    void messagesFromOneThreadToOneLoopArriveInOrderOnThatLoop() {
        b.received.clear();
        b.threads.clear();
        IntStream.range(0, 20_000).forEach(number -> a.bus().send(new LoopAddress(B, 1), numbered(number)));

        await().atMost(Duration.ofSeconds(20)).until(() -> b.received.size() == 20_000);
        assertThat(b.received.stream().map(message -> ((NodeMessage.BridgeOver) message).frames()))
                .containsExactlyElementsOf(IntStream.range(0, 20_000).boxed().toList());
        assertThat(new HashSet<>(b.threads)).singleElement()
                .matches(thread -> b.member.loops().all().get(1).inEventLoop(thread));
    }

    /** From the loop of the connections past the bus, once it has shown the way; from another through it. */
    @Test
    void aLinesMessagesArriveInOrderFromEveryLoop() {
        for (EventLoop from : a.member.loops().all()) {
            b.threads.clear();
            assertArriveInOrder(from, a.bus().line(LoopAddress.of(B)), b);
            assertThat(new HashSet<>(b.threads)).singleElement()
                    .matches(thread -> b.member.loops().all().getFirst().inEventLoop(thread));
        }
    }

    /** Both ways by one connection, from whatever loop. */
    @Test
    void aLineBackGoesByTheConnectionThatTheOtherNodeHasMade() {
        NodeBus.Line line = a.bus().line(LoopAddress.of(B));
        a.member.loops().all().getFirst().execute(() -> line.send(ofLine(1)));
        await().until(() -> !b.received.isEmpty());
        for (EventLoop from : b.member.loops().all()) {
            assertArriveInOrder(from, b.bus().lineBack(LoopAddress.of(A)), a);
        }
        assertThat(((EventBusNodeBus) b.bus()).sendsBackTo(A)).isTrue();
    }

    private static void assertArriveInOrder(EventLoop from, NodeBus.Line line, TestMember at) {
        at.received.clear();
        // a task for each: on its way the first shows the way to those behind it
        IntStream.range(0, 6000).forEach(number -> from.execute(() -> line.send(ofLine(number))));

        await().atMost(Duration.ofSeconds(20)).until(() -> at.received.size() == 6000);
        assertThat(at.received.stream().map(EventBusNodeBusTest::numberOf))
                .containsExactlyElementsOf(IntStream.range(0, 6000).boxed().toList());
    }

    /** As bytes, small and large, between words about them. */
    private static NodeMessage.OfBridge ofLine(int number) {
        CallId call = new CallId(SESSION, 1);
        int length = number % 7 == 0 ? NodeMessageCodec.MAX_BRIDGE_BYTES : 100;
        return switch (number % 3) {
            case 0 -> new NodeMessage.BridgeBytes(
                    SESSION, call, number, PooledByteBufAllocator.DEFAULT.directBuffer(length).writeZero(length));
            case 1 -> new NodeMessage.BridgeCheck(SESSION, call, number, new SessionAddress(A, SESSION));
            default -> new NodeMessage.BridgeOver(SESSION, call, number);
        };
    }

    private static int numberOf(NodeMessage message) {
        return switch (message) {
            case NodeMessage.BridgeBytes frame -> {
                frame.bytes().release();
                yield frame.sequence();
            }
            case NodeMessage.BridgeCheck check -> check.frames();
            case NodeMessage.BridgeOver over -> over.frames();
            default -> throw new AssertionError(message);
        };
    }

    @Test
    void aBugAtTheReceiverCostsNoConnection() {
        b.received.clear();
        b.answers = message -> {
            throw new IllegalStateException("planted");
        };
        NodeBus.Line line = a.bus().line(LoopAddress.of(B));
        a.member.loops().all().getFirst()
                .execute(() -> IntStream.range(0, 100).forEach(number -> line.send(numbered(number))));

        await().until(() -> b.received.size() == 100);
        b.answers = message -> Answer.TAKEN;
    }

    @Test
    void bytesArriveAsTheyWereAndTheirReferenceIsLetGo() {
        b.received.clear();
        byte[] pattern = new byte[64 * 1024];
        IntStream.range(0, pattern.length).forEach(at -> pattern[at] = (byte) (at * 31));
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(pattern.length).writeBytes(pattern);
        a.bus().send(LoopAddress.of(B), new NodeMessage.BridgeBytes(SESSION, new CallId(SESSION, 1), 0, bytes));

        await().until(() -> b.received.size() == 1);
        NodeMessage.BridgeBytes frame = (NodeMessage.BridgeBytes) b.received.remove();
        byte[] arrived = new byte[frame.bytes().readableBytes()];
        frame.bytes().readBytes(arrived).release();
        assertThat(arrived).isEqualTo(pattern);
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void bytesToNobodyAreLetGoToo() {
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(8).writeLong(1);
        a.bus().send(
                LoopAddress.of(new NodeId("nobody")),
                new NodeMessage.BridgeBytes(SESSION, new CallId(SESSION, 1), 0, bytes));

        await().until(() -> bytes.refCnt() == 0);
    }

    /** Frames of bridges are addressed to the first loop: there they need no hand-over. */
    @Test
    void theConnectionsLiveOnTheFirstEventLoop() {
        await().until(() -> a.bus().loop().isPresent() && b.bus().loop().isPresent());
        for (TestMember member : List.of(a, b)) {
            assertThat(member.bus().loop()).hasValue(member.member.loops().all().getFirst());
            LoopAddress other = LoopAddress.of(member == a ? B : A);
            member.bus().line(other).send(numbered(1));
            EventBusNodeBus bus = (EventBusNodeBus) member.bus();
            await().until(() -> bus.loopTo(other).isPresent());
            assertThat(bus.loopTo(other)).as("dialled").hasValue(member.member.loops().all().getFirst());
        }
    }

    @Test
    void theOtherNodesWordComesBack() {
        b.answers = message -> ((NodeMessage.BridgeOver) message).frames() == 1 ? Answer.TAKEN : Answer.NOT_HERE;

        assertThat(result(a.bus().ask(LoopAddress.of(B), numbered(1)))).isEqualTo(Answer.TAKEN);
        assertThat(result(a.bus().ask(LoopAddress.of(B), numbered(2)))).isEqualTo(Answer.NOT_HERE);

        b.answers = message -> Answer.of(1L << 63 | 0b10);
        Answer ofParts = result(a.bus().ask(LoopAddress.of(B), numbered(1)));
        assertThat(List.of(0, 1, 2, 63)).extracting(ofParts::forPart)
                .containsExactly(Answer.TAKEN, Answer.NOT_HERE, Answer.TAKEN, Answer.NOT_HERE);
        b.answers = message -> Answer.TAKEN;
    }

    /** As a message of a newer version is to an older node: it says so, and whoever asked does not wait. */
    @Test
    void whatIsNotUnderstoodIsAnsweredAtOnceAndReachesNobody() {
        b.received.clear();
        ByteBuf tooMany = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(NodeMessageCodec.MAX_BRIDGE_BYTES + 1);

        assertThat(result(a.bus().ask(
                        LoopAddress.of(B), new NodeMessage.BridgeBytes(SESSION, new CallId(SESSION, 1), 0, tooMany))))
                .isEqualTo(Answer.NOT_HERE);
        assertThat(b.received).isEmpty();
    }

    @Test
    void aPingIsAnsweredByTheBusItself() {
        b.received.clear();

        assertThat(result(a.bus().ask(LoopAddress.of(B), new NodeMessage.Ping(A)))).isEqualTo(Answer.TAKEN);
        assertThat(b.received).isEmpty();
    }

    @Test
    void aQuestionWaitsAsLongAsItIsSaidTo() {
        CountDownLatch goesOn = new CountDownLatch(1);
        b.answers = message -> {
            await().atMost(Duration.ofSeconds(20)).until(() -> goesOn.getCount() == 0);
            return Answer.TAKEN;
        };
        // not the loop on which b answers pings
        LoopAddress loop = new LoopAddress(B, 1);
        Future<Answer> patient = a.bus().ask(loop, numbered(1), Duration.ofSeconds(20));
        Future<Answer> usual = a.bus().ask(loop, numbered(2));
        Future<Answer> impatient = a.bus().ask(loop, numbered(3), Duration.ofMillis(100));

        await().until(impatient::failed);
        assertThat(usual.isComplete()).isFalse();
        await().until(usual::failed);
        assertThat(patient.isComplete()).isFalse();
        goesOn.countDown();
        assertThat(result(patient)).isEqualTo(Answer.TAKEN);
        b.answers = message -> Answer.TAKEN;
    }

    @Test
    void aQuestionToNoMemberFailsAtOnce() {
        Future<Answer> asked = a.bus().ask(LoopAddress.of(new NodeId("nobody")), numbered(1));

        assertThat(asked.failed()).isTrue();
        assertThat(asked.cause()).hasMessage("node nobody is no member");
    }

    /** As when a survivor of a partition deletes what belongs to members that are back already. */
    @Test
    void routesDoNotNeedTheSharedMaps() {
        a.member.hazelcast().getMultiMap("__vertx.subs").clear();
        a.member.hazelcast().getMap("__vertx.nodeInfo").clear();

        try (TestMember c = TestMember.join("c", TestMember.cluster(PORTS[2], tls("c"), PORTS[0], PORTS[1]))) {
            await().until(() -> a.bus().others().contains(C) && b.bus().others().contains(C));
            for (TestMember from : List.of(a, b, c)) {
                for (NodeId to : from.bus().others()) {
                    await().untilAsserted(() -> assertThat(answer(from, to)).isEqualTo(Answer.TAKEN));
                }
            }
        }
    }

    @Test
    void aNodeThatComesBackUnderItsNameIsFound() {
        for (int life = 0; life < 2; life++) {
            try (TestMember c = TestMember.join("c", TestMember.cluster(PORTS[2], tls("c"), PORTS[0], PORTS[1]))) {
                await().until(() -> a.bus().others().contains(C) && b.bus().others().contains(C));
                await().untilAsserted(() -> assertThat(answer(a, C)).isEqualTo(Answer.TAKEN));
                await().untilAsserted(() -> assertThat(answer(b, C)).isEqualTo(Answer.TAKEN));
                c.received.clear();
                NodeBus.Line line = a.bus().line(LoopAddress.of(C));
                a.member.loops().all().getFirst()
                        .execute(() -> IntStream.range(0, 100).forEach(number -> line.send(numbered(number))));
                await().until(() -> c.received.size() == 100);
            }
            await().until(() -> a.bus().others().equals(Set.of(B)) && b.bus().others().equals(Set.of(A)));
        }
    }

    private static Answer answer(TestMember from, NodeId to) {
        return from.bus().ask(LoopAddress.of(to), numbered(1)).otherwise(Answer.NOT_HERE)
                .toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatWaitsForANodeThatDiesFailsAtOnceAndAllAreTold() throws InterruptedException {
        TestMember c = TestMember.join("c", TestMember.cluster(PORTS[2], tls("c"), PORTS[0], PORTS[1]));
        await().until(() -> a.bus().others().contains(C) && b.bus().others().contains(C));
        await().until(() -> a.bus().ask(LoopAddress.of(C), numbered(0)).otherwise(Answer.NOT_HERE)
                .toCompletionStage().toCompletableFuture().join().equals(Answer.TAKEN));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        c.answers = message -> {
            asked.countDown();
            await().until(() -> over.getCount() == 0);
            return Answer.TAKEN;
        };
        Future<Answer> waiting = a.bus().ask(LoopAddress.of(C), numbered(1));
        asked.await();
        assertThat(waiting.isComplete()).isFalse();

        c.kill();
        long killed = System.nanoTime();
        await().until(waiting::isComplete);
        assertThat(waiting.cause()).hasMessage("node c is gone");
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(2));
        await().until(() -> a.gone.contains(C) && b.gone.contains(C));
        await().untilAsserted(() -> assertThat(a.events).contains("removed c, oldest"));
        await().untilAsserted(() -> assertThat(b.events).contains("removed c"));
        assertThat(a.bus().others()).containsExactly(B);
        over.countDown();
        c.close();
    }

    private static NodeMessage.OfBridge numbered(int number) {
        return new NodeMessage.BridgeOver(SESSION, new CallId(SESSION, 1), number);
    }

    private static MutualTlsFiles tls(String node) {
        return TestMember.files(certificates, node);
    }

    private static <T> T result(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
