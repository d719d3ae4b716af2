package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.cluster.BridgeFrames.bytes;
import static io.bridgehead.broker.cluster.BridgeFrames.check;
import static io.bridgehead.broker.cluster.BridgeFrames.credit;
import static io.bridgehead.broker.cluster.BridgeFrames.over;
import static io.bridgehead.broker.cluster.BridgeFrames.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.model.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What bridges send back by a connection that another node has made, without sockets: n1 has made it, n2 sends back. */
class CargoReturnTest {

    private static final LoopAddress N1 = LoopAddress.of(new NodeId("n1"));
    private static final LoopAddress N2 = LoopAddress.of(new NodeId("n2"));
    private static final int FRAME = 60_000;

    private final AtomicLong nanos = new AtomicLong();
    private final BridgeCargo one = new BridgeCargo(new Endpoint("127.0.0.1", 1), new SecureRandom());
    private final EmbeddedChannel dialled = new EmbeddedChannel(new CargoLoader(one, nanos::get));
    private final BridgeCargo two = new BridgeCargo(new Endpoint("127.0.0.1", 2), new SecureRandom());
    private final CargoReturn back = new CargoReturn(two, nanos::get);
    private final EmbeddedChannel accepted = new EmbeddedChannel(back, CargoUnloader.of(two, back::said));

    private final List<NodeMessage> atOne = new ArrayList<>();
    private final List<NodeMessage> atTwo = new ArrayList<>();
    private final List<NodeMessage> throughTheBus = new ArrayList<>();

    @BeforeEach
    void open() {
        one.fitted();
        one.open(N1, dialled.eventLoop(), message -> atOne.add(kept(message)));
        two.fitted();
        two.open(N2, accepted.eventLoop(), message -> atTwo.add(kept(message)));
    }

    private static NodeMessage kept(NodeMessage.OfBridge message) {
        if (!(message instanceof NodeMessage.BridgeBytes frame)) {
            return message;
        }
        NodeMessage kept = frame.with(Unpooled.copiedBuffer(frame.bytes()));
        frame.bytes().release();
        return kept;
    }

    /** The first message of a bridge goes, and with it n1's word that it reads what comes back. */
    private void theOtherNodeBegins() {
        Outgoing first = new Outgoing(check(0), new BridgeLine(N2, one, (to, outgoing) -> {}, false));
        ByteBuf frame = BridgeFrames.head("n", N2.text(), "");
        new NodeMessageWire(one).encodeToWire(BufferInternal.buffer(frame), first);
        dialled.writeOutbound(frame.setInt(0, frame.readableBytes() - 4));
        carry(dialled, accepted);
        assertThat(atTwo).containsExactly(check(0));
        carry(accepted, dialled);
    }

    private BridgeLine lineBack() {
        return new BridgeLine(N1, two, (to, outgoing) -> throughTheBus.add(outgoing.message()), true);
    }

    private static byte[] wire(EmbeddedChannel from) {
        ByteBuf wire = Unpooled.buffer();
        for (ByteBuf piece = from.readOutbound(); piece != null; piece = from.readOutbound()) {
            wire.writeBytes(piece);
            piece.release();
        }
        return ByteBufUtil.getBytes(wire);
    }

    private static int carry(EmbeddedChannel from, EmbeddedChannel to) {
        byte[] wire = wire(from);
        to.writeInbound(Unpooled.wrappedBuffer(wire));
        return wire.length;
    }

    private static ByteBuf pong() {
        return Unpooled.copiedBuffer("\1", StandardCharsets.US_ASCII);
    }

    private static List<NodeMessage.OfBridge> sent() {
        return List.of(bytes(0, random(40)), check(1), bytes(1, random(5000)), credit(7), bytes(2, new byte[0]), over(3));
    }

    @Test
    void whatIsSentBackArrivesInOrderBetweenTheBussAnswersAtEverySplit() {
        theOtherNodeBegins();
        BridgeLine line = lineBack();
        accepted.writeOutbound(pong(), pong());
        sent().forEach(message -> {
            line.send(message);
            accepted.writeOutbound(pong());
        });
        byte[] wire = wire(accepted);
        for (int at = 1; at < wire.length; at += at < 600 || wire.length - at < 400 ? 1 : 211) {
            ByteBuf first = Unpooled.copiedBuffer(wire, 0, at);
            ByteBuf second = Unpooled.copiedBuffer(wire, at, wire.length - at);
            dialled.writeInbound(first, second);
            assertThat(atOne).as("cut at %d", at).containsExactlyElementsOf(sent());
            atOne.clear();
            assertThat(pongsOfTheBus()).as("cut at %d", at).isEqualTo(2 + sent().size());
            assertThat(first.refCnt() + second.refCnt()).as("held after a cut at %d", at).isZero();
        }
        assertThat(throughTheBus).isEmpty();
    }

    private int pongsOfTheBus() {
        int pongs = 0;
        for (ByteBuf passed = dialled.readInbound(); passed != null; passed = dialled.readInbound()) {
            pongs += passed.readableBytes();
            passed.release();
        }
        return pongs;
    }

    /** One that has said nothing of reading is of an older version. */
    @Test
    void withoutTheOtherNodesWordALineGoesItsOwnWayToItsEnd() {
        BridgeLine before = lineBack();
        before.send(check(1));
        theOtherNodeBegins();
        before.send(check(2));
        assertThat(throughTheBus).as("nothing overtakes").containsExactly(check(1), check(2));
        lineBack().send(check(3));
        assertThat(throughTheBus).hasSize(2);
        carry(accepted, dialled);
        assertThat(atOne).containsExactly(check(3));
    }

    @Test
    void bytesWaitUntilWhatIsBeforeThemHasArrivedAndCreditDoesNot() {
        theOtherNodeBegins();
        BridgeLine line = lineBack();
        List<NodeMessage> expected = new ArrayList<>();
        for (int n = 0; n < 3 * Transit.LEAST / FRAME; n++) {
            line.send(bytes(n, random(FRAME)));
            expected.add(bytes(n, random(FRAME)));
        }
        line.send(credit(5));
        int first = carry(accepted, dialled);
        assertThat(first).isBetween(Transit.LEAST, Transit.LEAST + 2 * FRAME);
        assertThat(atOne).contains(credit(5));
        atOne.remove(credit(5));
        assertThat(atOne).hasSizeLessThan(expected.size());
        while (carry(dialled, accepted) > 0) {
            carry(accepted, dialled);
        }
        assertThat(atOne).isEqualTo(expected);
        assertThat(pongsOfTheBus()).isZero();
    }

    @Test
    void whatWaitsWhenTheConnectionIsClosedStillGoesOut() {
        theOtherNodeBegins();
        BridgeLine line = lineBack();
        for (int n = 0; n < 3 * Transit.LEAST / FRAME; n++) {
            line.send(bytes(n, random(FRAME)));
        }
        accepted.close();
        carry(accepted, dialled);
        assertThat(atOne).hasSize(3 * Transit.LEAST / FRAME);
    }

    /** The bridge's numbers tell what was lost. */
    @Test
    void whenTheConnectionBreaksWhatWaitsIsLetGoAndTheLineTakesItsOwnWay() {
        theOtherNodeBegins();
        BridgeLine line = lineBack();
        List<NodeMessage.BridgeBytes> waiting = Stream.generate(() -> bytes(0, random(FRAME))).limit(100).toList();
        waiting.forEach(line::send);
        assertThat(two.wayBackTo(N1.node())).isSameAs(back);
        accepted.pipeline().remove(back);
        accepted.close();
        wire(accepted);
        assertThat(waiting).allSatisfy(message -> assertThat(message.bytes().refCnt()).isZero());
        assertThat(two.wayBackTo(N1.node())).isNull();
        line.send(check(100));
        assertThat(throughTheBus).containsExactly(check(100));
    }

    /** It has not answered the bus: a connection of its that seems open may lead nowhere. */
    @Test
    void aNodeThatIsGivenUpIsNotSentAnythingBack() {
        theOtherNodeBegins();
        BridgeLine line = lineBack();
        line.send(check(1));
        two.forget(N1.node());
        line.send(check(2));
        lineBack().send(check(3));
        assertThat(throughTheBus).containsExactly(check(2), check(3));
    }

    @Test
    void aNodeThatOurOwnConnectionToIsLostIsNotSentAnythingBack() {
        theOtherNodeBegins();
        CargoLoader own = new CargoLoader(two);
        two.connected(N1.text(), own);
        BridgeLine line = lineBack();
        line.send(check(1));
        two.disconnected(N1.text(), new CargoLoader(two));
        line.send(check(2));
        assertThat(throughTheBus).as("another one").isEmpty();
        two.disconnected(N1.text(), own);
        line.send(check(3));
        assertThat(throughTheBus).containsExactly(check(3));
    }

    /** A bridge's end may linger while its client's connection is in the next call, on another event loop. */
    @Test
    void fromAnotherThreadItGoesByTheConnectionsOwn() throws Exception {
        DefaultEventExecutor loop = new DefaultEventExecutor();
        CargoReturn elsewhere = new CargoReturn(two, nanos::get);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast(loop, elsewhere);
        loop.submit(() -> elsewhere.said(new NodeMessage.LinkReady(N1.node()))).sync();
        BridgeLine line = lineBack();
        line.send(check(1));
        line.send(over(2));
        ByteBuf got = Unpooled.buffer();
        await().until(() -> {
            got.writeBytes(wire(channel));
            return got.readableBytes()
                    == lengthOf(new NodeMessage.LinkReady(N2.node())) + lengthOf(check(1)) + lengthOf(over(2));
        });
        assertThat(throughTheBus).isEmpty();
        loop.shutdownGracefully().sync();
        line.send(check(3));
        assertThat(throughTheBus).as("nobody is there any more").containsExactly(check(3));
    }

    private static int lengthOf(NodeMessage message) {
        ByteBuf frame = Unpooled.buffer();
        NodeMessageCodec.write(message, frame);
        return Integer.BYTES + 1 + frame.readableBytes();
    }

    /** Nobody reads them; the bus's own frames are told by their version, which is none of ours. */
    @Test
    void onceBothHaveSaidSoTheBussFieldsAreLeftOut() {
        theOtherNodeBegins();
        sent().forEach(message -> one.connectionTo(N2.text()).send(message));
        dialled.writeOutbound(BridgeFrames.other(10));
        byte[] wire = wire(dialled);
        int bytes = sent().stream().mapToInt(CargoReturnTest::lengthOf).sum();
        assertThat(wire).hasSize(bytes + BridgeFrames.other(10).readableBytes());
        atTwo.clear();
        for (byte each : wire) {
            accepted.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
        }
        assertThat(atTwo).containsExactlyElementsOf(sent());
        assertThat(((ByteBuf) accepted.readInbound()).readableBytes()).isEqualTo(BridgeFrames.other(10).readableBytes());
    }

    @Test
    void whatANewerVersionSendsWithoutTheBussFieldsReachesNobody() {
        theOtherNodeBegins();
        accepted.writeInbound(Unpooled.buffer().writeInt(3).writeByte(0).writeByte(1).writeByte(99));
        assertThat((Object) accepted.readInbound()).isNull();
        assertThat(accepted.isActive()).isTrue();
        // the bus's own of an older protocol has the number that our messages begin with
        accepted.writeInbound(Unpooled.buffer().writeInt(3).writeByte(1).writeByte(10).writeByte(0));
        assertThat(((ByteBuf) accepted.readInbound()).readableBytes()).isEqualTo(7);
    }

    @Test
    void whatANewerVersionSendsBackIsDropped() {
        theOtherNodeBegins();
        dialled.writeInbound(Unpooled.buffer().writeInt(3).writeByte(0).writeByte(1).writeByte(99));
        lineBack().send(check(1));
        carry(accepted, dialled);
        assertThat(atOne).containsExactly(check(1));
        assertThat((Object) dialled.readInbound()).isNull();
    }

    @Test
    void aLongerFrameThanAnyNodeSendsEndsTheConnection() {
        theOtherNodeBegins();
        dialled.writeInbound(Unpooled.buffer().writeInt(CargoUnloader.MAX_FRAME + 1));
        assertThat(dialled.isActive()).isFalse();
        assertThat(atOne).isEmpty();
    }

    /** What is sent back is acknowledged or not: TCP's time-out is this node's, too. */
    @Test
    void aConnectionFromAnotherNodeThatBreaksIsClosedAndIsNoErrorOfThisNode() {
        theOtherNodeBegins();
        accepted.pipeline().fireExceptionCaught(new IOException("planted"));
        accepted.checkException();
        assertThat(accepted.isActive()).isFalse();
        assertThat(two.wayBackTo(N1.node())).isNull();
    }

    @Test
    void aBugIsNotTakenForABrokenConnection() {
        accepted.pipeline().fireExceptionCaught(new IllegalStateException("planted"));
        assertThatThrownBy(accepted::checkException).hasMessage("planted");
        assertThat(accepted.isActive()).isTrue();
    }

    /** Nothing is asked for that would not be taken. */
    @Test
    void onAnotherEventLoopNothingIsReadBack() {
        one.open(N1, new DefaultEventLoop(), message -> atOne.add(kept(message)));
        theOtherNodeBegins();
        assertThat(two.wayBackTo(N1.node())).isNull();
        lineBack().send(check(1));
        assertThat(throughTheBus).containsExactly(check(1));
    }

    /** Of two names the first counts; an answer that nobody asked for counts nothing. */
    @Test
    void aConnectionIsOneNodes() {
        theOtherNodeBegins();
        back.said(new NodeMessage.LinkReady(new NodeId("n3")));
        back.said(new NodeMessage.LinkPong());
        assertThat(two.wayBackTo(new NodeId("n3"))).isNull();
        assertThat(two.wayBackTo(N1.node())).isSameAs(back);
    }
}
