package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.cluster.BridgeFrames.bytes;
import static io.bridgehead.broker.cluster.BridgeFrames.check;
import static io.bridgehead.broker.cluster.BridgeFrames.credit;
import static io.bridgehead.broker.cluster.BridgeFrames.frame;
import static io.bridgehead.broker.cluster.BridgeFrames.other;
import static io.bridgehead.broker.cluster.BridgeFrames.over;
import static io.bridgehead.broker.cluster.BridgeFrames.random;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.vertx.core.internal.buffer.BufferInternal;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way of a bridge's messages past the event bus, without sockets. */
class BridgeCargoTest {

    private static final LoopAddress N2 = new LoopAddress(new NodeId("n2"), 0);

    private final BridgeCargo cargo = new BridgeCargo(new Endpoint("127.0.0.1", 1), new SecureRandom());
    private final EmbeddedChannel in = new EmbeddedChannel(CargoUnloader.of(cargo, word -> {}));
    private final EmbeddedChannel out = new EmbeddedChannel(new CargoLoader(cargo));
    private final List<NodeMessage> given = new ArrayList<>();

    @BeforeEach
    void open() {
        cargo.fitted();
        cargo.open(N2, in.eventLoop(), this::give);
    }

    private void give(NodeMessage.OfBridge message) {
        if (message instanceof NodeMessage.BridgeBytes frame) {
            given.add(frame.with(Unpooled.copiedBuffer(frame.bytes())));
            frame.bytes().release();
        } else {
            given.add(message);
        }
    }

    // ---- in

    private static final List<NodeMessage> SENT = List.of(
            bytes(0, random(40)), check(1), bytes(1, random(5000)), credit(7), check(2), bytes(2, new byte[0]), over(3));

    /** What is for the bus lies between what is for bridges: an answer, a long frame of another codec, another's loop. */
    private static List<ByteBuf> busFrames() {
        return List.of(
                frame("n", "node/n2/0", "reply", over(1)),
                other(6000),
                frame("n", "node/n2/1", "", bytes(9, random(5000))),
                other(3),
                frame("n", "node/n/0", "", over(2)),
                frame("n", "node/n2/0", "", new NodeMessage.Ping(new NodeId("n1"))),
                other(1));
    }

    private static byte[] mixed() {
        ByteBuf wire = Unpooled.buffer();
        List<ByteBuf> forBus = busFrames();
        for (int i = 0; i < SENT.size(); i++) {
            wire.writeBytes(frame(SENT.get(i))).writeBytes(forBus.get(i));
        }
        return ByteBufUtil.getBytes(wire);
    }

    private void assertAllThere(String how) {
        assertThat(given).as(how).containsExactlyElementsOf(SENT);
        given.clear();
        for (ByteBuf expected : busFrames()) {
            ByteBuf passed = in.readInbound();
            assertThat(ByteBufUtil.getBytes(passed)).as(how).isEqualTo(ByteBufUtil.getBytes(expected));
            passed.release();
        }
        assertThat((Object) in.readInbound()).as(how).isNull();
    }

    @Test
    void whatIsForBridgesIsGivenAndTheRestIsTheBussInOrderAtEverySplit() {
        byte[] sent = mixed();
        for (int at = 1; at < sent.length; at += at < 800 || sent.length - at < 400 || at % 5000 < 400 ? 1 : 211) {
            ByteBuf first = Unpooled.copiedBuffer(sent, 0, at);
            ByteBuf second = Unpooled.copiedBuffer(sent, at, sent.length - at);
            in.writeInbound(first, second);
            assertAllThere("cut at " + at);
            assertThat(first.refCnt() + second.refCnt()).as("held after a cut at %d", at).isZero();
        }
    }

    @Test
    void byteForByteIsTheSame() {
        for (byte each : mixed()) {
            in.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
        }
        assertAllThere("byte for byte");
    }

    @Test
    void moreThanABridgesFrameMayHoldReachesNobody() {
        in.writeInbound(frame(bytes(0, random(NodeMessageCodec.MAX_BRIDGE_BYTES + 1))), frame(check(1)));
        assertThat(given).containsExactly(check(1));
        assertThat((Object) in.readInbound()).isNull();
    }

    @Test
    void aConnectionThatEndsInTheMiddleGivesNothingAndHoldsNothing() {
        byte[] whole = ByteBufUtil.getBytes(frame(bytes(0, random(60_000))));
        ByteBuf first = Unpooled.copiedBuffer(whole, 0, 20_000);
        ByteBuf second = Unpooled.copiedBuffer(whole, 20_000, 30_000);
        in.writeInbound(first, second);
        assertThat(first.refCnt()).as("it is being kept").isEqualTo(1);
        in.close();
        assertThat(given).isEmpty();
        assertThat(first.refCnt() + second.refCnt()).isZero();
    }

    /** Before the node takes messages, and on a connection that lives elsewhere, all is the bus's. */
    @Test
    void onAnotherEventLoopAllIsTheBuss() {
        cargo.open(N2, new DefaultEventLoop(), this::give);
        ByteBuf sent = frame(bytes(0, random(5000)));
        in.writeInbound(sent.copy());
        assertThat(given).isEmpty();
        ByteBuf passed = in.readInbound();
        assertThat(ByteBufUtil.getBytes(passed)).isEqualTo(ByteBufUtil.getBytes(sent));
        assertThat(new NodeMessageWire(cargo)
                        .decodeFromWire(BridgeFrame.messageIn(passed, 0), BufferInternal.buffer(passed)))
                .isEqualTo(bytes(0, random(5000)));
    }

    @Test
    void longerFramesThanAnyNodeSendsEndTheConnection() {
        for (int length : new int[] {0, -1, CargoUnloader.MAX_FRAME + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            EmbeddedChannel channel = new EmbeddedChannel(CargoUnloader.of(cargo, word -> {}));
            ByteBuf frame = frame(bytes(0, random(10))).setInt(0, length);
            channel.writeInbound(frame);
            assertThat(channel.isActive()).as("after a length of %d", length).isFalse();
            assertThat((Object) channel.readInbound()).isNull();
            assertThat(given).isEmpty();
        }
        byte[] longest = new byte[CargoUnloader.MAX_FRAME];
        longest[0] = 2;
        in.writeInbound(Unpooled.buffer().writeInt(longest.length).writeBytes(longest));
        assertThat(((ByteBuf) in.readInbound()).readableBytes()).isEqualTo(CargoUnloader.MAX_FRAME + 4);
    }

    @Test
    void brokenFieldsAreNoBridge() {
        byte[] frame = ByteBufUtil.getBytes(frame(bytes(7, random(5000))));
        int message = BridgeFrame.messageIn(Unpooled.wrappedBuffer(frame), 0);
        assertThat(message).isEqualTo(frame.length - 5000 - NodeMessageCodec.BRIDGE_FIELDS);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] other = frame.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                other[4 + random.nextInt(message - 4)] = (byte) random.nextInt();
            }
            // any answer but an exception, and none beyond the frame
            assertThat(BridgeFrame.messageIn(Unpooled.wrappedBuffer(other), 0)).isBetween(-1, other.length);
            in.writeInbound(Unpooled.wrappedBuffer(other));
            in.releaseInbound();
        }
        for (int end = 0; end < message; end++) {
            assertThat(BridgeFrame.messageIn(Unpooled.wrappedBuffer(frame, 0, end), 0)).isEqualTo(-1);
        }
    }

    /** Of two bytes: shorter than a length, which is not looked for in it. */
    @Test
    void theShortestMessageIsFoundAtTheEndOfWhatWasRead() {
        ByteBuf frame = frame(new NodeMessage.LinkPong());
        assertThat(cargo.messageIn(frame, 0, in.eventLoop())).isEqualTo(frame.readableBytes() - 2);
    }

    // ---- out

    private Outgoing throughTheBus(NodeMessage message, BridgeLine line) {
        Outgoing outgoing = new Outgoing(message, line);
        ByteBuf frame = BridgeFrames.head("n", BridgeFrames.ADDRESS, "");
        new NodeMessageWire(cargo).encodeToWire(BufferInternal.buffer(frame), outgoing);
        frame.setInt(0, frame.readableBytes() - 4);
        out.writeOutbound(frame);
        return outgoing;
    }

    private byte[] wire() {
        ByteBuf sent = Unpooled.buffer();
        for (ByteBuf piece = out.readOutbound(); piece != null; piece = out.readOutbound()) {
            sent.writeBytes(piece);
            piece.release();
        }
        return ByteBufUtil.getBytes(sent);
    }

    private BridgeLine line() {
        return new BridgeLine(N2, cargo, (to, outgoing) -> throughTheBus(outgoing.message(), null), false);
    }

    @Test
    void whatLeavesThroughTheBusIsWhatTheBusWouldHaveSent() {
        NodeMessage.BridgeBytes message = bytes(7, random(5000));
        Outgoing outgoing = throughTheBus(message, null);
        assertThat(wire()).isEqualTo(ByteBufUtil.getBytes(frame(bytes(7, random(5000)))));
        outgoing.release();
        assertThat(message.bytes().refCnt()).as("written, not released twice").isZero();
    }

    /** A node of any version reads both the same way. */
    @Test
    void whatLeavesPastTheBusIsWhatTheBusWouldHaveSent() {
        throughTheBus(over(0), line());
        wire();
        Stream<NodeMessage.OfBridge> messages = Stream.of(
                check(3), over(4), credit(1L << 40), bytes(5, new byte[0]), bytes(6, random(1)),
                bytes(7, random(BridgeCargo.MIN_BYTES - 1)), bytes(8, random(BridgeCargo.MIN_BYTES)),
                bytes(9, random(NodeMessageCodec.MAX_BRIDGE_BYTES)));
        messages.forEach(message -> {
            byte[] expected = ByteBufUtil.getBytes(frame(message));
            assertThat(cargo.connectionTo(BridgeFrames.ADDRESS).send(message)).isTrue();
            assertThat(wire()).as("%s", message).isEqualTo(expected);
            if (message instanceof NodeMessage.BridgeBytes frame && frame.bytes() != Unpooled.EMPTY_BUFFER) {
                assertThat(frame.bytes().refCnt()).isZero();
            }
        });
    }

    /** It may wait for a slow node, with many thousand others. */
    @Test
    void aFrameOfOneByteTakesNoMoreRoomThanItNeeds() {
        throughTheBus(over(0), line());
        wire();
        cargo.connectionTo(BridgeFrames.ADDRESS).send(bytes(0, random(1)));
        ByteBuf sent = out.readOutbound();
        assertThat(sent.capacity()).isEqualTo(sent.readableBytes());
        sent.release();
    }

    @Test
    void aConnectionIsKnownOnceTheBusHasUsedItAndUntilItEnds() {
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS)).isNull();
        throughTheBus(over(0), line());
        CargoLoader connection = cargo.connectionTo(BridgeFrames.ADDRESS);
        assertThat(connection).isNotNull();
        cargo.forget(new NodeId("n"));
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS)).isNotNull();
        cargo.forget(new NodeId("n2"));
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS)).isNull();
        throughTheBus(over(0), line());
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS)).isNotNull();
        out.close();
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS)).isNull();
        NodeMessage.BridgeBytes late = bytes(0, random(10));
        assertThat(connection.send(late)).isFalse();
        assertThat(late.bytes().refCnt()).as("still the sender's").isEqualTo(1);
    }

    /** It would keep it for as long as bridges write, and without a bound. */
    @Test
    void theBusKeepsNothingBackBeforeAConnection() {
        EmbeddedChannel dialled = new EmbeddedChannel(new CargoLoader(cargo));
        dialled.connect(new InetSocketAddress("127.0.0.1", 1));
        dialled.write(Unpooled.wrappedBuffer(new byte[1 << 20]));
        assertThat(dialled.isWritable()).isTrue();
    }

    /** The bus may keep a message for as long as it looks for a way: nothing gets ahead of it. */
    @Test
    void whatIsInTheBusIsNotOvertaken() {
        List<Outgoing> inTheBus = new ArrayList<>();
        BridgeLine line = new BridgeLine(N2, cargo, (to, outgoing) -> inTheBus.add(outgoing), false);
        throughTheBus(over(0), null);
        throughTheBus(over(0), line());
        wire();
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS)).isNotNull();
        line.send(check(1));
        assertThat(inTheBus).as("the way is known").isEmpty();

        cargo.forget(N2.node());
        line.send(bytes(1, random(5000)));
        line.send(bytes(2, random(10)));
        line.send(check(3));
        throughTheBus(over(0), line());
        line.send(bytes(3, random(5000)));
        assertThat(inTheBus).as("others know the way again").hasSize(4);
        wire();

        List<Outgoing> kept = List.copyOf(inTheBus);
        inTheBus.clear();
        kept.forEach(each -> {
            ByteBuf frame = BridgeFrames.head("n", BridgeFrames.ADDRESS, "");
            new NodeMessageWire(cargo).encodeToWire(BufferInternal.buffer(frame), each);
            out.writeOutbound(frame.setInt(0, frame.readableBytes() - 4));
        });
        line.send(over(4));
        assertThat(inTheBus).as("all has passed").isEmpty();
        ByteBuf expected = Unpooled.buffer();
        Stream.of(bytes(1, random(5000)), bytes(2, random(10)), check(3), bytes(3, random(5000)), over(4))
                .forEach(message -> expected.writeBytes(frame(message)));
        assertThat(wire()).isEqualTo(ByteBufUtil.getBytes(expected));
    }

    @Test
    void whatWasLostInTheBusIsNotWaitedFor() {
        List<Outgoing> inTheBus = new ArrayList<>();
        BridgeLine line = new BridgeLine(N2, cargo, (to, outgoing) -> inTheBus.add(outgoing), false);
        line.send(bytes(0, random(10)));
        line.send(check(1));
        throughTheBus(over(0), line());
        inTheBus.forEach(Outgoing::release);
        inTheBus.forEach(Outgoing::release);
        wire();
        line.send(check(2));
        assertThat(inTheBus).hasSize(2);
        assertThat(wire()).isEqualTo(ByteBufUtil.getBytes(frame(check(2))));
    }

    @Test
    void whatWasGivenUpIsNotSent() {
        NodeMessage.BridgeBytes message = bytes(7, random(5000));
        Outgoing outgoing = new Outgoing(message);
        ByteBuf frame = BridgeFrames.head("n", BridgeFrames.ADDRESS, "");
        new NodeMessageWire(cargo).encodeToWire(BufferInternal.buffer(frame), outgoing);
        outgoing.release();
        assertThat(message.bytes().refCnt()).isZero();
        assertThat(out.write(frame).isSuccess()).isFalse();
        out.flush();
        assertThat((Object) out.readOutbound()).isNull();
    }

    @Test
    void aTicketThatAnotherMadeIsNone() {
        ByteBuf forged = frame(bytes(7, random(40)));
        ByteBuf mark = Unpooled.buffer();
        cargo.writeTicket(new Outgoing(over(1)), mark);
        // the number of a ticket that exists, without the process's own
        forged.setLong(forged.writerIndex() - 8, mark.getLong(8));
        assertThat(cargo.hasTicket(forged)).isFalse();
        assertThat(cargo.hasTicket(mark)).isTrue();
    }
}
