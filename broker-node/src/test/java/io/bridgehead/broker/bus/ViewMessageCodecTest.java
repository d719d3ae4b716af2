package io.bridgehead.broker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.BridgeMark;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ViewMessageCodecTest {

    private static final Instant THEN = Instant.ofEpochSecond(1_790_000_000L, 5);

    static Stream<ViewMessage> all() {
        NodeId node = new NodeId("a");
        return Stream.of(
                new ViewMessage.AskSessions(
                        1, node, Optional.of(new AccountId("ann", "example.org")), Optional.of(NodeMessages.SESSION), 7),
                new ViewMessage.AskSessions(2, node, Optional.empty(), Optional.empty(), 7),
                new ViewMessage.AskBridges(3, node, Optional.of(new BridgeMark(THEN, NodeMessages.CALL)), 8),
                new ViewMessage.SessionPage(4, node, List.of(row(Optional.empty()), row(Optional.of("Änn"))), true),
                new ViewMessage.BridgePage(5, node, List.of(bridge()), false));
    }

    @Test
    void theBytesOfAQuestionStay() {
        assertThat(ByteBufUtil.hexDump(written(
                        new ViewMessage.AskSessions(2, new NodeId("a"), Optional.empty(), Optional.empty(), 7))))
                .isEqualTo("013c" + "01" + "0000000000000002" + "000161" + "00" + "00" + "00000007");
    }

    @Test
    void aPageHoldsAsManyRowsAsAFrameBears() {
        List<SessionInfo> longRows = Collections.nCopies(500, row(Optional.of("y".repeat(254))));

        ViewMessage.SessionPage page = ViewMessage.SessionPage.cut(1, new NodeId("a"), longRows, false);

        assertThat(page.rows()).hasSizeBetween(100, 400);
        assertThat(page.more()).isTrue();
        assertThat(written(page).readableBytes()).isBetween(59 * 1024, 64 * 1024);
        assertThat(ViewMessage.SessionPage.cut(1, new NodeId("a"), longRows.subList(0, 2), false).more()).isFalse();
        assertThat(ViewMessage.BridgePage.cut(1, new NodeId("a"), List.of(bridge()), true).more()).isTrue();
    }

    @Test
    void aKindThatANewerVersionSendsIsNotUnderstood() {
        ByteBuf newer = written(all().findFirst().orElseThrow()).setByte(2, 99);

        assertThat(NodeMessageCodec.read(newer)).isEmpty();
    }

    @Property
    void anyBytesAfterAKnownBeginAreAMessageOrNone(@ForAll byte type, @ForAll @Size(max = 300) byte[] bytes) {
        ByteBuf frame = Unpooled.buffer().writeByte(1).writeByte(60).writeByte(type & 7).writeLong(1).writeShort(1);
        frame.writeByte('a').writeBytes(bytes);

        NodeMessageCodec.read(frame).ifPresent(message -> {
            ByteBuf again = Unpooled.buffer();
            NodeMessageCodec.write(message, again);
            assertThat(NodeMessageCodec.read(again)).contains(message);
        });
    }

    private static SessionInfo row(Optional<String> partner) {
        return new SessionInfo(
                NodeMessages.ADDRESS,
                "line-tcp",
                "127.0.0.7:4001",
                THEN,
                partner.map(some -> new AccountId("ann", "example.org")),
                "idle",
                partner);
    }

    private static BridgeInfo bridge() {
        Party ann = new Party(
                new SessionAddress(new NodeId("b"), NodeMessages.SESSION), new AccountId("ann", "example.org"), "Änn");
        return new BridgeInfo(NodeMessages.CALL, ann, ann, THEN);
    }

    private static ByteBuf written(ViewMessage message) {
        ByteBuf out = Unpooled.buffer();
        NodeMessageCodec.write(new NodeMessage.OfView(message), out);
        return out;
    }
}
