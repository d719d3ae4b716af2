package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.NodeMessage;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bridges between nodes over a bus that loses, doubles and reorders. */
class RemoteBridgeTest {

    private static final int IDLE_CHECK = 5;

    /** Buffers and entries of queues, in bytes. */
    private static final int AROUND_A_FRAME = 500;

    private TwoNodes nodes;
    private TwoNodes.End one;
    private TwoNodes.End two;

    @BeforeEach
    void bridge() {
        nodes = new TwoNodes();
        List<TwoNodes.End> ends = nodes.bridge(1);
        one = ends.get(0);
        two = ends.get(1);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void settle() {
        nodes.settle(one, two);
    }

    private void assertLost() {
        for (int second = 0; second < IDLE_CHECK; second++) {
            nodes.second();
            settle();
        }
        assertThat(one.ended).isEqualTo(1);
        assertThat(two.ended).isEqualTo(1);
        assertThat(nodes.failures()).isEqualTo(1);
        assertThat(nodes.open()).isZero();
    }

    @Test
    void aLostFrameEndsTheBridgeWhenTheNextComes() {
        one.send(bytes(100));
        nodes.to(two).clear();
        one.send(bytes(200));
        settle();
        assertThat(two.ended).isEqualTo(1);
        assertThat(two.got.size()).isZero();
        assertLost();
    }

    @Test
    void aLostFrameEndsTheBridgeThoughNothingFollowsIt() {
        one.send(bytes(100));
        nodes.to(two).clear();
        settle();
        assertThat(two.ended).isZero();
        assertLost();
    }

    @Test
    void aDoubledFrameEndsTheBridge() {
        one.send(bytes(100));
        NodeMessage.BridgeBytes frame = (NodeMessage.BridgeBytes) nodes.to(two).peek();
        nodes.to(two).add(new NodeMessage.BridgeBytes(
                frame.to(), frame.call(), frame.sequence(), frame.bytes().retainedDuplicate()));
        settle();
        assertThat(two.got.toByteArray()).isEqualTo(bytes(100));
        assertLost();
    }

    @Test
    void framesOutOfOrderEndTheBridge() {
        one.send(bytes(100));
        one.send(bytes(200));
        nodes.to(two).add(nodes.to(two).poll());
        settle();
        assertThat(two.got.size()).isZero();
        assertLost();
    }

    @Test
    void aLostCreditIsAskedFor() {
        one.send(bytes(TwoNodes.WINDOW + 1000));
        assertThat(one.held).isTrue();
        while (!nodes.to(two).isEmpty()) {
            nodes.arrive(two);
        }
        nodes.to(one).clear();
        assertThat(one.held).isTrue();
        nodes.second();
        settle();
        assertThat(one.held).isFalse();
        assertThat(two.got.toByteArray()).isEqualTo(bytes(TwoNodes.WINDOW + 1000));
    }

    @Test
    void aLostWordThatTheBridgeIsOverIsNoticed() {
        one.send(bytes(100));
        settle();
        one.bridge.end();
        nodes.to(two).clear();
        for (int second = 0; second < IDLE_CHECK; second++) {
            nodes.second();
            settle();
        }
        assertThat(two.ended).isEqualTo(1);
        assertThat(nodes.failures()).isZero();
        assertThat(nodes.open()).isZero();
    }

    @Test
    void onlyAReaderWhoWasFastIsSentTwoWindows() {
        sendWindows(RemoteBridge.FAST);
        nodes.second();
        settle();
        two.slow(true);
        assertThat(windowsGotOf(3)).isEqualTo(2);
        two.slow(false);
        settle();

        nodes.second();
        nodes.second();
        settle();
        two.slow(true);
        assertThat(windowsGotOf(3)).as("nothing was taken for a second").isEqualTo(1);
    }

    /** It takes some megabytes for whoever reads at all, and at first for whoever does not. */
    @Test
    void aReaderIsNotFastBecauseHisKernelTookMuch() {
        sendWindows(RemoteBridge.FAST - 1);
        nodes.second();
        settle();
        two.slow(true);
        assertThat(windowsGotOf(3)).isEqualTo(1);
    }

    private void sendWindows(int count) {
        for (int n = 0; n < count; n++) {
            one.send(bytes(TwoNodes.WINDOW));
            settle();
        }
    }

    /** Sends so many windows; how many of them have arrived. */
    private int windowsGotOf(int count) {
        int before = two.got.size();
        one.send(bytes(count * TwoNodes.WINDOW));
        settle();
        return (two.got.size() - before) / TwoNodes.WINDOW;
    }

    @Test
    void whatIsPendingAtTheEndArrivesBeforeIt() {
        two.slow(true);
        one.send(bytes(2 * TwoNodes.WINDOW));
        one.bridge.end();
        settle();
        assertThat(two.got.size()).isEqualTo(TwoNodes.WINDOW);
        assertThat(two.ended).isZero();
        two.slow(false);
        settle();
        assertThat(two.got.toByteArray()).isEqualTo(bytes(2 * TwoNodes.WINDOW));
        assertThat(two.ended).isEqualTo(1);
        assertThat(nodes.open()).isZero();
    }

    /** Neither end reads, both want to send more than they may, and both end. */
    @Test
    void twoEndsThatEndWithBytesPendingDoNotWaitForEachOther() {
        endBothWithBytesPending();
        for (int second = 0; second < IDLE_CHECK; second++) {
            nodes.second();
            settle();
        }
        assertThat(nodes.open()).isZero();
        assertThat(nodes.failures()).isZero();
    }

    @Test
    void twoEndsThatEndWithBytesPendingEndThoughAllOnTheWayIsLost() {
        endBothWithBytesPending();
        nodes.to(one).clear();
        nodes.to(two).clear();
        for (int second = 0; second < IDLE_CHECK; second++) {
            nodes.second();
            settle();
        }
        assertThat(nodes.open()).isZero();
    }

    private void endBothWithBytesPending() {
        one.slow(true);
        two.slow(true);
        one.send(bytes(2 * TwoNodes.WINDOW));
        two.send(bytes(2 * TwoNodes.WINDOW));
        settle();
        assertThat(one.held && two.held).isTrue();
        one.bridge.end();
        two.bridge.end();
    }

    /** Its client writes all it has before it reads. */
    @Test
    void whoWritesToAnEndThatHasEndedIsNotHeldAndHearsOfTheEnd() {
        two.slow(true);
        one.send(bytes(2 * TwoNodes.WINDOW));
        settle();
        one.bridge.end();
        for (int window = 0; window < 5; window++) {
            two.send(bytes(TwoNodes.WINDOW));
            settle();
            assertThat(two.held).as("after window %d", window).isFalse();
        }
        assertThat(one.got.size()).isZero();
        two.slow(false);
        settle();
        assertThat(two.got.toByteArray()).isEqualTo(bytes(2 * TwoNodes.WINDOW));
        assertThat(two.ended).isEqualTo(1);
        assertThat(nodes.open()).isZero();
        assertThat(nodes.failures()).isZero();
    }

    /** For its next call a connection moves, and what was on its way to it comes behind what is sent after it. */
    @Test
    void anEndThatHasEndedTakesFramesInAnyOrder() {
        two.slow(true);
        one.send(bytes(2 * TwoNodes.WINDOW));
        settle();
        one.bridge.end();
        two.send(bytes(100));
        two.send(bytes(200));
        nodes.to(one).add(nodes.to(one).poll());
        two.slow(false);
        settle();
        assertThat(two.got.toByteArray()).isEqualTo(bytes(2 * TwoNodes.WINDOW));
        assertThat(nodes.failures()).isZero();
        assertThat(nodes.open()).isZero();
    }

    /** What is left for it is less than what the other end tells by itself: it asks, and no second passes. */
    @Test
    void aBridgeGoesOnBesideManyWhoseReadersHaveStopped() {
        for (int number = 2; number <= 200; number++) {
            List<TwoNodes.End> stopped = nodes.bridge(number);
            stopped.get(1).slow(true);
            stopped.get(0).send(new byte[2 * TwoNodes.WINDOW]);
            settle();
        }
        one.send(bytes(4 * TwoNodes.WINDOW));
        settle();
        assertThat(two.got.toByteArray()).isEqualTo(bytes(4 * TwoNodes.WINDOW));
        assertThat(one.held).isFalse();
    }

    /** The socket takes it after the question. */
    @Test
    void whoAskedHearsWhenWhatWasOnTheWayIsTaken() {
        two.slow(true);
        one.send(bytes(100));
        nodes.second();
        settle();
        two.slow(false);
        assertThat(nodes.to(one))
                .singleElement()
                .isInstanceOfSatisfying(NodeMessage.BridgeCredit.class, credit -> assertThat(credit.taken())
                        .isEqualTo(100));
    }

    /** The word that opens it was waiting for its turn when its node heard that the other is gone. */
    @Test
    void anEndThatOpensWhenThePartnersNodeHasGoneEnds() {
        nodes.leftGoes();
        assertThat(nodes.callee(2, 1).ended).isEqualTo(1);
    }

    /** One that has ended lingers until its bytes are out; the connection is in its next call by then. */
    @Test
    void everySecondsLookIsOnTheEventLoopThatTheConnectionHasMovedTo() {
        two.slow(true);
        one.send(bytes(2 * TwoNodes.WINDOW));
        one.bridge.end();
        settle();
        one.elsewhere = new ArrayDeque<>();
        nodes.second();
        assertThat(nodes.to(two)).isEmpty();
        one.elsewhere.forEach(Runnable::run);
        assertThat(nodes.to(two)).singleElement().isInstanceOf(NodeMessage.BridgeCheck.class);
    }

    /** Around each byte there are some hundred others, at both nodes. */
    @Test
    void aReaderWhoHasStoppedIsNotSentMoreTinyFramesThanHisWindowHolds() {
        byte[] tiny = bytes(50_000);
        two.slow(true);
        int sent = 0;
        while (sent < tiny.length && !one.held) {
            one.send(Arrays.copyOfRange(tiny, sent, ++sent));
            settle();
        }
        assertThat(two.got.size() * AROUND_A_FRAME).isLessThanOrEqualTo(TwoNodes.WINDOW);
        assertThat(nodes.onTheWay()).isLessThanOrEqualTo(TwoNodes.WINDOW);

        two.slow(false);
        settle();
        while (sent < tiny.length) {
            assertThat(one.held).as("after %d", sent).isFalse();
            one.send(Arrays.copyOfRange(tiny, sent, ++sent));
            settle();
        }
        assertThat(two.got.toByteArray()).isEqualTo(tiny);
        nodes.second();
        settle();
        assertThat(nodes.onTheWay()).as("all is given back").isZero();
    }

    /** Each question would be a wait: of whoever types, or of the next packet of a game. */
    @Test
    void whoSendsTinyFramesToAReaderWhoTakesThemNeedsNotAskForCredit() {
        byte[] tiny = bytes(2 * TwoNodes.WINDOW / RemoteBridge.LEAST_COST);
        for (int sent = 0; sent < tiny.length; sent++) {
            one.send(Arrays.copyOfRange(tiny, sent, sent + 1));
            assertThat(nodes.to(two)).as("frame %d", sent).singleElement().isInstanceOf(NodeMessage.BridgeBytes.class);
            settle();
        }
        assertThat(two.got.toByteArray()).isEqualTo(tiny);
    }

    @Test
    void nothingAtAllIsNoFrame() {
        one.send(new byte[0]);
        assertThat(one.held).isFalse();
        assertThat(nodes.to(two)).isEmpty();
    }

    @Test
    void whatIsLateForTheLastCallDoesNotHoldUpTheNext() {
        one.send(bytes(100));
        NodeMessage.BridgeBytes frame = (NodeMessage.BridgeBytes) nodes.to(two).peek();
        settle();
        one.bridge.end();
        settle();
        List<TwoNodes.End> next = nodes.bridge(1, 2);
        nodes.to(two).add(new NodeMessage.BridgeCredit(frame.to(), frame.call(), 1));
        settle();
        next.get(0).send(bytes(200));
        settle();
        assertThat(next.get(1).got.toByteArray()).isEqualTo(bytes(200));
    }

    /** The callee's end opens a moment later; what it has got by then waits. */
    @Test
    void whatIsLateForTheCallBeforeTheLastDoesNotDropWhatCameEarly() {
        one.send(bytes(100));
        NodeMessage.BridgeBytes frame = (NodeMessage.BridgeBytes) nodes.to(two).peek();
        settle();
        one.bridge.end();
        settle();
        nodes.bridge(1, 2).get(0).bridge.end();
        settle();
        nodes.caller(1, 3).send(bytes(200));
        nodes.to(two).add(new NodeMessage.BridgeCredit(frame.to(), frame.call(), 1));
        settle();
        TwoNodes.End next = nodes.callee(1, 3);
        assertThat(next.got.toByteArray()).isEqualTo(bytes(200));
    }

    // ---- any schedule

    @Property(tries = 300)
    void withoutLossAllBytesArriveInOrder(@ForAll long seed) {
        bridge();
        Random random = new Random(seed);
        byte[] sent = play(random, 0);
        two.slow(false);
        settle();
        one.bridge.end();
        settle();
        assertThat(two.got.toByteArray()).isEqualTo(sent);
        assertThat(two.ended).isEqualTo(1);
        assertThat(nodes.failures()).isZero();
        assertThat(nodes.open()).isZero();
        assertThat(nodes.onTheWay()).isZero();
    }

    @Property(tries = 300)
    void whateverTheBusDoesOnlyAPrefixArrivesAndBothEndsEnd(@ForAll long seed) {
        bridge();
        Random random = new Random(seed);
        byte[] sent = play(random, 20);
        two.slow(false);
        one.bridge.end();
        for (int second = 0; second < 2 * IDLE_CHECK; second++) {
            nodes.second();
            settle();
        }
        byte[] got = two.got.toByteArray();
        assertThat(got.length).isLessThanOrEqualTo(sent.length);
        assertThat(Arrays.mismatch(got, 0, got.length, sent, 0, got.length)).isEqualTo(-1);
        assertThat(two.ended).isEqualTo(1);
        assertThat(nodes.open()).isZero();
        assertThat(nodes.onTheWay()).isZero();
        if (nodes.failures() == 0) {
            assertThat(got).isEqualTo(sent);
        }
    }

    /** One in {@code faults} steps the bus does something wrong; 0: never. */
    private byte[] play(Random random, int faults) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    if (!one.held && one.ended == 0) {
                        byte[] chunk = bytes(random.nextInt(random.nextBoolean() ? 128 * 1024 : 1024));
                        sent.writeBytes(chunk);
                        one.send(chunk);
                    }
                }
                case 2, 3 -> nodes.arrive(two);
                case 4 -> nodes.arrive(one);
                default -> two.slow(random.nextBoolean());
            }
            if (random.nextInt(50) == 0) {
                nodes.second();
            }
            // a doubled frame is the bus's doing
            assertThat(faults > 0 ? 0 : nodes.bytesTo(two)).isLessThanOrEqualTo(RemoteBridge.WINDOWS * TwoNodes.WINDOW);
            assertThat(faults > 0 ? 0 : sent.size() - (long) two.got.size())
                    .isLessThanOrEqualTo(RemoteBridge.WINDOWS * TwoNodes.WINDOW + 128 * 1024L);
            if (faults > 0 && random.nextInt(faults) == 0) {
                disturb(nodes.to(random.nextBoolean() ? one : two), random);
            }
        }
        return sent.toByteArray();
    }

    private static void disturb(Deque<NodeMessage> messages, Random random) {
        NodeMessage next = messages.poll();
        switch (random.nextInt(3)) {
            case 0 -> {
                if (next != null) {
                    messages.add(next);
                }
            }
            case 1 -> {
                if (next instanceof NodeMessage.BridgeBytes frame) {
                    messages.addFirst(new NodeMessage.BridgeBytes(
                            frame.to(), frame.call(), frame.sequence(), frame.bytes().retainedDuplicate()));
                }
                if (next != null) {
                    messages.addFirst(next);
                }
            }
            default -> {
                if (next instanceof NodeMessage.BridgeBytes frame) {
                    frame.bytes().release();
                }
            }
        }
    }
}
