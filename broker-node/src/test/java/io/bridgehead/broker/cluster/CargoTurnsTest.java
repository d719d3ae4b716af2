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
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.model.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who goes first on a connection to another node, and what waits. */
class CargoTurnsTest {

    private static final int FRAME = 60_000;

    private final BridgeCargo cargo = new BridgeCargo(new Endpoint("127.0.0.1", 1), new SecureRandom());
    private final AtomicLong nanos = new AtomicLong();
    private final EmbeddedChannel out = new EmbeddedChannel(new CargoLoader(cargo, nanos::get));
    private final List<NodeMessage.BridgeBytes> sent = new ArrayList<>();

    @BeforeEach
    void theBusHasBegun() {
        cargo.fitted();
        cargo.open(LoopAddress.of(new NodeId("n1")), out.eventLoop(), message -> {});
        throughTheBus(over(0));
        out.writeOutbound(BridgeFrames.ping());
        out.writeInbound(pongs(1));
        assertThat(((ByteBuf) out.readInbound()).readableBytes()).as("the bus's own").isEqualTo(1);
        wire();
    }

    private void throughTheBus(NodeMessage message) {
        ByteBuf head = BridgeFrames.head("n", BridgeFrames.ADDRESS, "");
        new NodeMessageWire(cargo).encodeToWire(BufferInternal.buffer(head), new Outgoing(message, line()));
        out.writeOutbound(head.setInt(0, head.readableBytes() - 4));
    }

    private BridgeLine line() {
        return new BridgeLine(LoopAddress.of(check(0).from()), cargo, (to, outgoing) -> {}, false);
    }

    private void send(NodeMessage.OfBridge message) {
        assertThat(cargo.connectionTo(BridgeFrames.ADDRESS).send(message)).isTrue();
    }

    /** More than may be on its way; how much of it is out. */
    private byte[] sendTooMuch() {
        for (int n = 0; n < 3 * Transit.LEAST / FRAME; n++) {
            sent.add(bytes(n, random(FRAME)));
            send(sent.getLast());
        }
        return wire();
    }

    private static ByteBuf pongs(int count) {
        return Unpooled.copiedBuffer("\1".repeat(count), StandardCharsets.US_ASCII);
    }

    private byte[] wire() {
        ByteBuf wire = Unpooled.buffer();
        for (ByteBuf piece = out.readOutbound(); piece != null; piece = out.readOutbound()) {
            wire.writeBytes(piece);
            piece.release();
        }
        return ByteBufUtil.getBytes(wire);
    }

    @Test
    void bytesOfBridgesWaitUntilWhatIsBeforeThemHasArrived() {
        assertThat(sendTooMuch()).hasSizeBetween(Transit.LEAST, Transit.LEAST + 2 * FRAME);
        out.writeInbound(pongs(1));
        assertThat(wire()).hasSizeBetween(Transit.LEAST / 4, Transit.LEAST + 2 * FRAME);
        assertThat((Object) out.readInbound()).as("the bus did not ask").isNull();
    }

    @Test
    void whatTheBusSendsAndCreditGoBeforeThem() {
        sendTooMuch();
        out.writeOutbound(other(10));
        assertThat(wire()).isEqualTo(ByteBufUtil.getBytes(other(10)));
        send(credit(5));
        assertThat(wire()).isEqualTo(ByteBufUtil.getBytes(frame(credit(5))));
        throughTheBus(credit(6));
        assertThat(wire()).isEqualTo(ByteBufUtil.getBytes(frame(credit(6))));
    }

    /** Whether a message of a bridge comes through the bus or past it: its turn is behind those before it. */
    @Test
    void aBridgesOwnMessagesKeepTheirOrder() {
        ByteBuf expected = Unpooled.buffer();
        ByteBuf got = Unpooled.buffer().writeBytes(sendTooMuch());
        throughTheBus(bytes(100, random(5000)));
        send(check(101));
        throughTheBus(check(102));
        send(over(103));
        sent.forEach(message -> expected.writeBytes(frame(bytes(message.sequence(), random(FRAME)))));
        expected.writeBytes(frame(bytes(100, random(5000))));
        List.of(check(101), check(102), over(103)).forEach(message -> expected.writeBytes(frame(message)));
        for (int n = 0; n < 100; n++) {
            out.writeInbound(pongs(1));
            out.releaseInbound();
            got.writeBytes(wire());
        }
        assertThat(withoutPings(got)).isEqualTo(ByteBufUtil.getBytes(expected));
    }

    private static byte[] withoutPings(ByteBuf wire) {
        ByteBuf others = Unpooled.buffer();
        while (wire.isReadable()) {
            ByteBuf frame = wire.readSlice(Integer.BYTES + wire.getInt(wire.readerIndex()));
            if (!BridgeFrame.isPing(frame)) {
                others.writeBytes(frame);
            }
        }
        return ByteBufUtil.getBytes(others);
    }

    /** The bus asks, too, when it likes; answers come soon or late, and none is missing. */
    @Test
    void whatWaitsGoesOutWithoutTheBussOwnPings() {
        Random random = new Random(1);
        byte[] payload = random(FRAME);
        long expected = 0;
        long got = 0;
        for (int round = 0; round < 200; round++) {
            boolean late = round % 4 == 3;
            for (int frames = random.nextInt(400); frames > 0; frames--) {
                send(bytes(0, payload));
                expected++;
                if (random.nextInt(100) == 0) {
                    out.writeOutbound(BridgeFrames.ping());
                }
            }
            for (ByteBuf wire = Unpooled.wrappedBuffer(wire()); wire.isReadable(); wire = Unpooled.wrappedBuffer(wire())) {
                int pings = 0;
                while (wire.isReadable()) {
                    boolean ping = BridgeFrame.isPing(wire.readSlice(Integer.BYTES + wire.getInt(wire.readerIndex())));
                    pings += ping ? 1 : 0;
                    got += ping ? 0 : 1;
                }
                nanos.addAndGet(late ? 5 * Transit.PATIENCE : 1000);
                out.writeInbound(pongs(pings));
                out.releaseInbound();
            }
            assertThat(got).as("in round %d", round).isEqualTo(expected);
        }
    }

    @Test
    void whatWaitsWhenTheConnectionIsClosedStillGoesOut() {
        int already = sendTooMuch().length;
        out.close();
        assertThat(already + wire().length).isGreaterThan(sent.size() * FRAME);
        assertThat(sent).allSatisfy(message -> assertThat(message.bytes().refCnt()).isZero());
    }

    @Test
    void whatWaitsWhenTheConnectionBreaksIsLetGo() {
        sendTooMuch();
        out.pipeline().remove(CargoLoader.class);
        assertThat(sent).allSatisfy(message -> assertThat(message.bytes().refCnt()).isZero());
    }

    /** This Vert.x dials others than nodes as well. */
    @Test
    void whatComesByOtherConnectionsIsPassedOnAsItIs() {
        EmbeddedChannel elsewhere = new EmbeddedChannel(new CargoLoader(cargo));
        elsewhere.writeOutbound(BridgeFrames.ping());
        ByteBuf answer = pongs(100);
        elsewhere.writeInbound(answer);
        assertThat((ByteBuf) elsewhere.readInbound()).isSameAs(answer);
        answer.release();
    }
}
