package io.bridgehead.broker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bridgehead.broker.model.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NodeMessageCodecTest {

    @ParameterizedTest
    @MethodSource("io.bridgehead.broker.bus.NodeMessages#all")
    void whatIsWrittenReadsAsItself(NodeMessage message) {
        assertThat(NodeMessageCodec.read(written(message))).contains(message);
    }

    @ParameterizedTest
    @MethodSource("io.bridgehead.broker.bus.NodeMessages#all")
    void noPartOfAMessageIsAMessage(NodeMessage message) {
        ByteBuf whole = written(message);
        // a bridge's bytes are the rest of the frame, whose length the bus knows
        int fixed = message instanceof NodeMessage.BridgeBytes frame
                ? whole.readableBytes() - frame.bytes().readableBytes()
                : whole.readableBytes();

        for (int length = 0; length < fixed; length++) {
            assertThat(NodeMessageCodec.read(whole.slice(0, length))).as("%s bytes", length).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.bridgehead.broker.bus.NodeMessages#all")
    void whatIsSeenBelowTheBusIsKnownWhereItBegins(NodeMessage message) {
        ByteBuf behind = Unpooled.buffer().writeZero(3).writeBytes(written(message));
        assertThat(NodeMessageCodec.isBelowTheBus(behind, 3))
                .isEqualTo(message instanceof NodeMessage.OfBridge || message instanceof NodeMessage.OfLink);
        assertThat(NodeMessageCodec.isBelowTheBus(behind.slice(0, 4), 3)).isFalse();
        if (message instanceof NodeMessage.BridgeBytes frame) {
            assertThat(NodeMessageCodec.isBridgeBytes(behind, 3)).isTrue();
            assertThat(NodeMessageCodec.bridgeBytes(behind, 3, frame.bytes())).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @MethodSource("io.bridgehead.broker.bus.NodeMessages#all")
    void aBridgesMessagesTakeNoMoreThanIsSaid(NodeMessage message) {
        if (message instanceof NodeMessage.OfBridge ofBridge) {
            int bytes = message instanceof NodeMessage.BridgeBytes frame ? frame.bytes().readableBytes() : 0;
            assertThat(written(message).readableBytes() - bytes).isBetween(1, NodeMessageCodec.maxFields(ofBridge));
        }
    }

    @Test
    void theBytesOfAMessageStay() {
        assertThat(ByteBufUtil.hexDump(written(NodeMessages.bytes(new byte[] {10, 11}))))
                .isEqualTo("0103" + "1122334455667788" + "0000000000000102"
                        + "ffffffffffffffff" + "0000000000000005" + "00000007" + "00000004" + "0a0b");
    }

    @Test
    void theBytesOfAnOrderAndItsAnswerStay() {
        assertThat(ByteBufUtil.hexDump(written(new NodeOrdered(new NodeId("a"), 1, NodeOrder.UNDRAIN))))
                .isEqualTo("0128" + "000161" + "0000000000000001" + "0007" + "554e445241494e");
        assertThat(ByteBufUtil.hexDump(written(NodeMessages.reported(Optional.of("no")))))
                .isEqualTo("0129" + "0000000000000008" + "00026e6f" + "000162" + "fffffffffffffffd" + "0003312e30"
                        + "0008445241494e494e47" + "0000000000000005" + "00000006" + "00000007");
    }

    /** What an older node does with these, and this one with those of a newer. */
    @Test
    void aTypeOrAStateThatIsNotKnownIsNotUnderstood() {
        ByteBuf type = written(new NodeOrdered(new NodeId("a"), 1, NodeOrder.DRAIN)).setByte(1, 59);
        ByteBuf order = written(new NodeOrdered(new NodeId("a"), 1, NodeOrder.DRAIN));
        order.setByte(order.writerIndex() - 1, 'X');

        assertThat(NodeMessageCodec.read(type)).isEmpty();
        assertThat(NodeMessageCodec.read(order)).isEmpty();
    }

    @Test
    void aFrameMayBearTheLimitAndNotOneByteMore() {
        assertThat(NodeMessageCodec.read(written(NodeMessages.bytes(new byte[NodeMessageCodec.MAX_BRIDGE_BYTES]))))
                .isPresent();
        assertThat(NodeMessageCodec.read(written(NodeMessages.bytes(new byte[NodeMessageCodec.MAX_BRIDGE_BYTES + 1]))))
                .isEmpty();
    }

    @Test
    void aNewerVersionIsNotUnderstood() {
        ByteBuf newer = written(NodeMessages.bytes(new byte[1])).setByte(0, 2);

        assertThat(NodeMessageCodec.read(newer)).isEmpty();
    }

    @Property
    void anyBytesAreAMessageOrNone(@ForAll @Size(max = 300) byte[] bytes) {
        readsWithoutHarm(bytes);
    }

    @Property
    void anyBytesAfterAKnownBeginAreAMessageOrNone(@ForAll byte type, @ForAll @Size(max = 300) byte[] bytes) {
        byte[] framed = new byte[bytes.length + 2];
        framed[0] = 1;
        framed[1] = (byte) (type & 63);
        System.arraycopy(bytes, 0, framed, 2, bytes.length);
        readsWithoutHarm(framed);
    }

    @FuzzTest(maxDuration = "3m")
    void theFuzzerFindsNoHarm(byte[] bytes) {
        readsWithoutHarm(bytes);
    }

    /** What is understood can be written, and reads the same again. */
    private static void readsWithoutHarm(byte[] bytes) {
        Optional<NodeMessage> read = NodeMessageCodec.read(Unpooled.wrappedBuffer(bytes));
        read.ifPresent(message -> assertThat(NodeMessageCodec.read(written(message))).contains(message));
    }

    private static ByteBuf written(NodeMessage message) {
        ByteBuf out = Unpooled.buffer();
        NodeMessageCodec.write(message, out);
        return out;
    }
}
