package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.bridgehead.relay.messages.Command;
import io.bridgehead.relay.messages.Hello;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.bridgehead.relay.messages.MessageType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages byte for byte, as the seed's program has them on the wire. */
class RelayCodecTest {

    /** Hello with version 1, as the seed's host says it. */
    private static final String OLD_HELLO = "00000002" + "0801";

    private static final String FULL_HELLO =
            "00000015" + "0801" + "a20603" + "776562" + "aa0603" + "73336b" + "b20604" + "686f7374";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static List<String> decoded(String hex, int... cuts) {
        return DecodedHost.of(bytes(hex), RelayDecoder.MAX_MESSAGE_BYTES, 1, cuts);
    }

    @Test
    void theSeedsHelloIsUnderstood() {
        assertThat(decoded(OLD_HELLO)).containsExactly("hello - - -");
    }

    @Test
    void theOwnFieldsAreUnderstoodAtTheirNumbers() {
        assertThat(decoded(FULL_HELLO)).containsExactly("hello web s3k host");
    }

    @Test
    void aMessageCutAnywhereIsTheSameMessage() {
        byte[] input = bytes(FULL_HELLO + "cafe" + OLD_HELLO);
        List<String> whole = List.of("hello web s3k host", "passed cafe" + OLD_HELLO);
        for (int first = 0; first <= input.length; first++) {
            for (int second = first; second <= input.length; second++) {
                assertThat(DecodedHost.of(input, 4096, 1, first, second)).as("%s, %s", first, second).isEqualTo(whole);
            }
        }
    }

    @Test
    void theRepliesAreTheSeedsBytes() {
        assertThat(hex(new RelayReply.Welcome(7, "10.0.0.1", "8002")))
                .isEqualTo("00000012" + "0807" + "1208" + "31302e302e302e31" + "1a04" + "38303032");
        assertThat(hex(new RelayReply.Opened(300))).isEqualTo("00000009" + "0801" + "1000" + "1a03" + "08ac02");
        assertThat(hex(new RelayReply.Dropped(300))).isEqualTo("00000009" + "0801" + "1001" + "2203" + "08ac02");
    }

    @Test
    void theRepliesReadAsTheSeedsMessages() throws InvalidProtocolBufferException {
        HostProcessHelloResponse welcome =
                HostProcessHelloResponse.parseFrom(message(new RelayReply.Welcome(Integer.MAX_VALUE, "::1", "0")));
        assertThat(welcome.getSessionId()).isEqualTo(Integer.MAX_VALUE);
        Command command = Command.parseFrom(message(new RelayReply.Dropped(5)));
        assertThat(command.getMessageType()).isEqualTo(MessageType.CONNECTION_DROP);
        assertThat(command.hasOpenProperties()).isFalse();
    }

    private static String hex(RelayReply reply) {
        return ByteBufUtil.hexDump(RelayEncoder.bytes(reply));
    }

    private static byte[] message(RelayReply reply) {
        ByteBuf bytes = RelayEncoder.bytes(reply);
        assertThat(bytes.readInt()).isEqualTo(bytes.readableBytes());
        return ByteBufUtil.getBytes(bytes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            00000000           | malformed length 0 (expected: 1..4096)
            00001001           | malformed length 4097 (expected: 1..4096)
            ffffffff           | malformed length 4294967295 (expected: 1..4096)
            80000000ffffffffff | malformed length 2147483648 (expected: 1..4096)
            474554202f         | malformed length 1195725856 (expected: 1..4096)
            """)
    void aLengthThatIsNoneIsTheEnd(String hex, String told) {
        assertThat(decoded(hex)).containsExactly(told);
        for (int cut = 0; cut <= hex.length() / 2; cut++) {
            assertThat(decoded(hex, cut).getFirst()).isEqualTo(told);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no version                 | 00000005a20602776a | malformed no Hello
            version of the wrong type  | 000000030a0161     | malformed no Hello
            no field                   | 0000000100         | malformed no Hello
            a field cut off            | 00000003080108     | malformed no Hello
            service in upper case      | 000000070801a206025742 | malformed Hello.service (expected
            empty service              | 000000050801a20600 | malformed Hello.service (expected
            empty token                | 000000050801aa0600 | malformed Hello.token (expected
            token with a line end      | 000000060801aa06010a | malformed Hello.token (expected
            host with an at            | 000000060801b2060140 | malformed Hello.host_id (expected
            """)
    void aHelloThatIsNoneIsTold(String what, String hex, String told) {
        assertThat(decoded(hex)).singleElement().asString().startsWith(told);
    }

    @Test
    void aHelloOfFieldsThatAreNotKnownYetIsUnderstood() {
        assertThat(decoded("00000005" + "0801" + "b80605")).containsExactly("hello - - -");
    }

    @Test
    void aMessageOfTheLimitIsTakenAndNotOneByteMore() {
        Hello.Builder hello = Hello.newBuilder().setVersion(1);
        byte[] message = hello.setHostId("h".repeat(59)).build().toByteArray();
        byte[] framed = Unpooled.buffer().writeInt(message.length).writeBytes(message).array();
        byte[] input = Arrays.copyOf(framed, 4 + message.length);

        assertThat(DecodedHost.of(input, message.length, 1)).singleElement().asString().startsWith("hello");
        assertThat(DecodedHost.of(input, message.length - 1, 1)).containsExactly(
                "malformed length " + message.length + " (expected: 1.." + (message.length - 1) + ")");
    }

    @Test
    void aTokenIsInNoText() {
        assertThat(new RelayCommand.Hello(
                        Optional.of("web"), Optional.of("secret"), Optional.empty()))
                .asString()
                .doesNotContain("secret");
    }
}
