package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeerWordCodecTest {

    private static final SessionAddress FROM = new SessionAddress(new NodeId("n1"), new SessionId(-1, 0x102));

    static List<PeerWord> words() {
        return List.of(
                new PeerWord.Attach(FROM, PeerWord.Coming.RESUMING, "p", "hash", true, "Ann", -1),
                new PeerWord.Said(FROM, "p", "server", "öffer", "{\"a\":\"😀\"}"),
                new PeerWord.Left(FROM, "p", true),
                new PeerWord.Left(FROM, "p", false),
                new PeerWord.Again(FROM, "p", 7),
                new PeerWord.Attached(1, 2, -1, Optional.of("info")),
                new PeerWord.Attached(1, 2, 3, Optional.empty()),
                new PeerWord.NotAttached(PeerWord.Refusal.FULL),
                new PeerWord.Deliver(Long.MAX_VALUE, "p", "t", "null"),
                new PeerWord.Joined(1, "p", "who"),
                new PeerWord.Gone(2, "p"),
                new PeerWord.Objected(ErrorCode.PEER_GONE, "p"),
                new PeerWord.Replaced(),
                new PeerWord.Over(),
                new PeerWord.Moved(),
                new PeerWord.FromMeeting(FROM, new PeerWord.Deliver(3, "p", "t", "[]")));
    }

    static byte[] written(PeerWord word) {
        ByteBuf out = Unpooled.buffer();
        PeerWordCodec.append(word, out);
        return ByteBufUtil.getBytes(out);
    }

    @ParameterizedTest
    @MethodSource("words")
    void whatIsWrittenIsRead(PeerWord word) {
        assertThat(PeerWordCodec.read(written(word))).contains(word);
    }

    @ParameterizedTest
    @MethodSource("words")
    void aCutWordIsNoWord(PeerWord word) {
        byte[] bytes = written(word);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(PeerWordCodec.read(Arrays.copyOf(bytes, length))).isEmpty();
        }
    }

    @Test
    void thereIsOneOfEachWord() {
        assertThat(words().stream().map(Object::getClass).distinct().count()).isEqualTo(14);
    }

    @Test
    void theBytesAreTheContractBetweenVersions() {
        assertThat(HexFormat.of().formatHex(written(new PeerWord.Gone(2, "p"))))
                .isEqualTo("010f0000000000000002" + "00000001" + "70");
        assertThat(PeerWordCodec.read(HexFormat.of().parseHex("0111"))).contains(new PeerWord.Replaced());
        assertThat(PeerWordCodec.read(HexFormat.of().parseHex("0211"))).isEmpty();
        assertThat(PeerWordCodec.read(HexFormat.of().parseHex("0163"))).isEmpty();
    }

    @Test
    void aConnectionIsToldNothingThatIsForAMeeting() {
        String keeper = "010a" + "00000002" + "6e31" + "0000000000000001" + "0000000000000002";
        assertThat(PeerWordCodec.read(HexFormat.of().parseHex(keeper + "13"))).isPresent();
        assertThat(PeerWordCodec.read(HexFormat.of().parseHex(keeper + keeper.substring(2) + "13"))).isEmpty();
    }

    @Property(tries = 5_000)
    void anyBytesAreAWordOrNone(@ForAll byte[] bytes) {
        byte[] versioned = Arrays.copyOf(bytes, bytes.length + 1);
        versioned[0] = 1;
        PeerWordCodec.read(versioned).ifPresent(word -> assertThat(word).isNotNull());
        PeerWordCodec.read(bytes);
    }
}
