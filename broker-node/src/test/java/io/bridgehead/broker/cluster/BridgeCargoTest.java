package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The way of a bridge's bytes past the event bus, without sockets. */
class BridgeCargoTest {

    private static final SessionId TO = new SessionId(1, 2);
    private static final CallId CALL = new CallId(new SessionId(3, 4), 5);

    private final AtomicLong nanos = new AtomicLong();
    private final BridgeCargo cargo = new BridgeCargo(new Endpoint("127.0.0.1", 1), new SecureRandom(), nanos::get);
    private final EmbeddedChannel in = new EmbeddedChannel(new CargoUnloader(cargo));

    @Test
    void bytesComeOutAsTheyWentInAtEverySplit() {
        byte[] bytes = random(5000);
        ByteBuf wire = Unpooled.buffer();
        wire.writeBytes(small()).writeBytes(bridge(7, bytes)).writeBytes(large()).writeBytes(small());
        byte[] sent = ByteBufUtil.getBytes(wire);
        for (int at = 1; at < sent.length; at += at < 300 || at > 5000 ? 1 : 97) {
            in.writeInbound(Unpooled.copiedBuffer(sent, 0, at), Unpooled.copiedBuffer(sent, at, sent.length - at));
            assertSame(in.readInbound(), small());
            ByteBuf frame = in.readInbound();
            assertThat(frame.readableBytes()).as("cut at %d", at).isLessThan(300);
            assertThat(frame.getInt(0)).isEqualTo(frame.readableBytes() - 4);
            assertThat(read(frame)).isEqualTo(bytes);
            assertSame(in.readInbound(), large());
            assertSame(in.readInbound(), small());
            assertThat((Object) in.readInbound()).isNull();
        }
        assertThat(cargo.waiting()).isZero();
    }

    @Test
    void byteForByteIsTheSame() {
        byte[] bytes = random(5000);
        byte[] sent = ByteBufUtil.getBytes(bridge(7, bytes));
        for (byte each : sent) {
            in.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
        }
        assertThat(read(in.readInbound())).isEqualTo(bytes);
    }

    @Test
    void whatLeavesIsWhatTheBusWouldHaveSent() {
        cargo.fitted();
        byte[] bytes = random(5000);
        EmbeddedChannel out = new EmbeddedChannel(new CargoLoader(cargo));
        NodeMessage.BridgeBytes message = new NodeMessage.BridgeBytes(TO, CALL, 7, Unpooled.copiedBuffer(bytes));
        Outgoing outgoing = new Outgoing(message);
        out.writeOutbound(withTicket(outgoing));
        ByteBuf sent = Unpooled.buffer();
        for (ByteBuf piece = out.readOutbound(); piece != null; piece = out.readOutbound()) {
            sent.writeBytes(piece);
        }
        assertThat(ByteBufUtil.getBytes(sent)).isEqualTo(ByteBufUtil.getBytes(bridge(7, bytes)));
        outgoing.release();
        assertThat(message.bytes().refCnt()).as("the connection's now, not released twice").isEqualTo(1);
    }

    @Test
    void whatWasGivenUpIsNotSent() {
        cargo.fitted();
        EmbeddedChannel out = new EmbeddedChannel(new CargoLoader(cargo));
        NodeMessage.BridgeBytes message = new NodeMessage.BridgeBytes(TO, CALL, 7, Unpooled.copiedBuffer(random(5000)));
        Outgoing outgoing = new Outgoing(message);
        ByteBuf frame = withTicket(outgoing);
        outgoing.release();
        assertThat(message.bytes().refCnt()).isZero();
        assertThat(out.write(frame).isSuccess()).isFalse();
        out.flush();
        assertThat((Object) out.readOutbound()).isNull();
    }

    @Test
    void whatNobodyClaimsIsThrownAway() {
        in.writeInbound(bridge(7, random(5000)));
        ByteBuf frame = in.readInbound();
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        cargo.sweep();
        assertThat(cargo.waiting()).isEqualTo(1);
        nanos.incrementAndGet();
        cargo.sweep();
        assertThat(cargo.waiting()).isZero();
        assertThat(new NodeMessageWire(cargo).decodeFromWire(body(frame), BufferInternal.buffer(frame))).isNull();
    }

    @Test
    void longerFramesThanAnyNodeSendsEndTheConnection() {
        for (int length : new int[] {0, -1, CargoUnloader.MAX_FRAME + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            EmbeddedChannel channel = new EmbeddedChannel(new CargoUnloader(cargo));
            channel.writeInbound(Unpooled.buffer().writeInt(length).writeBytes(new byte[10]));
            assertThat(channel.isActive()).as("after a length of %d", length).isFalse();
            assertThat((Object) channel.readInbound()).isNull();
        }
        in.writeInbound(Unpooled.buffer().writeInt(CargoUnloader.MAX_FRAME).writeBytes(new byte[CargoUnloader.MAX_FRAME]));
        assertThat(((ByteBuf) in.readInbound()).readableBytes()).isEqualTo(CargoUnloader.MAX_FRAME + 4);
    }

    @Test
    void aTicketThatAnotherMadeIsNone() {
        ByteBuf forged = bridge(7, random(40));
        ByteBuf mark = Unpooled.buffer();
        cargo.unload(Unpooled.EMPTY_BUFFER, mark);
        // the number of a ticket that exists, without the process's own
        forged.setLong(forged.writerIndex() - 8, mark.getLong(8));
        assertThat(cargo.hasTicket(forged)).isFalse();
        assertThat(cargo.hasTicket(mark)).isTrue();
    }

    @Test
    void brokenFieldsAreNoBridge() {
        byte[] frame = ByteBufUtil.getBytes(bridge(7, random(5000)));
        int fields = BridgeFrame.fieldsIn(Unpooled.wrappedBuffer(frame));
        assertThat(fields).isEqualTo(frame.length - 5000);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] other = frame.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                other[4 + random.nextInt(fields - 4)] = (byte) random.nextInt();
            }
            // any answer but an exception, and none beyond the frame
            assertThat(BridgeFrame.fieldsIn(Unpooled.wrappedBuffer(other))).isBetween(-1, other.length);
        }
        for (int end = 0; end < fields; end++) {
            assertThat(BridgeFrame.fieldsIn(Unpooled.wrappedBuffer(frame, 0, end))).isEqualTo(-1);
        }
    }

    private ByteBuf withTicket(Outgoing outgoing) {
        ByteBuf frame = Unpooled.buffer();
        head(frame, "n");
        new NodeMessageWire(cargo).encodeToWire(BufferInternal.buffer(frame), outgoing);
        frame.setInt(0, frame.readableBytes() - 4);
        return frame;
    }

    private byte[] read(ByteBuf frame) {
        Object message = new NodeMessageWire(cargo).decodeFromWire(body(frame), BufferInternal.buffer(frame));
        assertThat(message).isInstanceOfSatisfying(NodeMessage.BridgeBytes.class, bridge -> {
            assertThat(bridge.to()).isEqualTo(TO);
            assertThat(bridge.call()).isEqualTo(CALL);
            assertThat(bridge.sequence()).isEqualTo(7);
        });
        ByteBuf bytes = ((NodeMessage.BridgeBytes) message).bytes();
        byte[] all = ByteBufUtil.getBytes(bytes);
        bytes.release();
        return all;
    }

    private static int body(ByteBuf frame) {
        return BridgeFrame.fieldsIn(frame) - NodeMessageCodec.BRIDGE_FIELDS;
    }

    private static ByteBuf bridge(int sequence, byte[] bytes) {
        ByteBuf frame = Unpooled.buffer();
        head(frame, "n");
        NodeMessageCodec.write(new NodeMessage.BridgeBytes(TO, CALL, sequence, Unpooled.wrappedBuffer(bytes)), frame);
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    /** As long as a bridge's, and no bridge's. */
    private static ByteBuf large() {
        ByteBuf frame = Unpooled.buffer();
        head(frame, "other");
        frame.writeBytes(new byte[6000]);
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    private static ByteBuf small() {
        ByteBuf frame = Unpooled.buffer();
        head(frame, "n");
        frame.writeBytes(new byte[] {1, 2, 3});
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    private static void head(ByteBuf frame, String codec) {
        frame.writeInt(0).writeByte(2).writeByte(-1);
        text(frame, codec);
        frame.writeByte(0);
        text(frame, "node/n2/1");
        text(frame, "");
        text(frame, "0ecf03a2-0a3e-4f0e-a6c6-0a8f3d1f8b59");
        frame.writeInt(4);
    }

    private static void text(ByteBuf frame, String text) {
        frame.writeInt(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    private static void assertSame(ByteBuf actual, ByteBuf expected) {
        assertThat(ByteBufUtil.getBytes(actual)).isEqualTo(ByteBufUtil.getBytes(expected));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
