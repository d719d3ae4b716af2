package io.bridgehead.broker.hostagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.broker.config.Secret;
import io.bridgehead.broker.hostagent.MessageDecoder.Decoded;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes on the wire, as protobuf's documents and the relay's have them. */
class MessageDecoderTest {

    private static final int MAX = 64;

    /** Session 150, host "10.0.0.1", port "8002", and a client's first byte behind it. */
    private static final byte[] ANSWER = HexFormat.of().parseHex(
            "00000013" + "089601" + "1208" + "31302e302e302e31" + "1a04" + "38303032" + "7e");

    private static final HostProcessHelloResponse EXPECTED = HostProcessHelloResponse.newBuilder()
            .setSessionId(150)
            .setRelayHost("10.0.0.1")
            .setRelayPort("8002")
            .build();

    private final MessageDecoder<HostProcessHelloResponse> decoder =
            new MessageDecoder<>(HostProcessHelloResponse.parser(), MAX);

    @Test
    void aMessageIsReadAndWhatFollowsIsLeftHoweverTheInputIsCut() {
        for (int cut = 0; cut <= ANSWER.length; cut++) {
            ByteBuf first = Unpooled.copiedBuffer(ANSWER, 0, cut);
            ByteBuf second = Unpooled.copiedBuffer(ANSWER, cut, ANSWER.length - cut);
            Optional<Decoded<HostProcessHelloResponse>> decoded = decoder.take(first);
            if (cut < ANSWER.length - 1) {
                assertThat(decoded).as("cut at %d", cut).isEmpty();
                decoded = decoder.take(second);
            }
            assertThat(decoded).as("cut at %d", cut).contains(new Decoded.Message<>(EXPECTED));
            assertThat(first.readableBytes() + second.readableBytes()).as("cut at %d", cut).isEqualTo(1);
        }
    }

    @Test
    void aMessageOfTheLimitIsTakenAndALongerOneRefusedByItsLength() {
        ByteBuf longest = HelloEncoder.framed(answerOf(MAX));
        assertThat(decoder.take(longest).orElseThrow()).isInstanceOf(Decoded.Message.class);

        ByteBuf tooLong = HelloEncoder.framed(answerOf(MAX + 1));
        assertThat(decoder.take(tooLong)).contains(new Decoded.Malformed<>("a message of 65 bytes (expected: 0..64)"));
        assertThat(tooLong.readableBytes()).isEqualTo(MAX + 1);
    }

    @Test
    void aLengthBeyondTwoGibibytesIsNoNegativeOne() {
        assertThat(decoder.take(Unpooled.wrappedBuffer(HexFormat.of().parseHex("ffffffff"))))
                .contains(new Decoded.Malformed<>("a message of 4294967295 bytes (expected: 0..64)"));
    }

    @Test
    void bytesThatAreNoMessageAndAMissingFieldAreMalformed() {
        for (String bad : List.of("00000001ff", "00000000", "00000002" + "0805")) {
            MessageDecoder<HostProcessHelloResponse> fresh =
                    new MessageDecoder<>(HostProcessHelloResponse.parser(), MAX);
            Decoded<HostProcessHelloResponse> decoded =
                    fresh.take(Unpooled.wrappedBuffer(HexFormat.of().parseHex(bad))).orElseThrow();
            assertThat(decoded).as(bad).isInstanceOfSatisfying(
                    Decoded.Malformed.class,
                    malformed -> assertThat(malformed.reason()).startsWith("no message of the relay's protocol: "));
        }
    }

    @Test
    void helloHasTheServiceTheTokenIfThereIsOneAndTheHost() {
        HostServiceConfig service = new HostServiceConfig(
                "ssh", new Endpoint("127.0.0.1", 22), List.of(new RelayAddress("relay.example.org", 8000, 8001)), 10,
                new Secret("s3cret"), Optional.empty());
        assertThat(ByteBufUtil.hexDump(HelloEncoder.hello(service, "h1")))
                .isEqualTo("00000016" + "0801" + "a20603" + hex("ssh") + "aa0606" + hex("s3cret") + "b20602" + hex("h1"));

        HostServiceConfig open = new HostServiceConfig(
                "ssh", service.target(), service.relays(), 10, Secret.NONE, Optional.empty());
        assertThat(ByteBufUtil.hexDump(HelloEncoder.hello(open, "h1")))
                .isEqualTo("0000000d" + "0801" + "a20603" + hex("ssh") + "b20602" + hex("h1"));
    }

    private static HostProcessHelloResponse answerOf(int bytes) {
        int around = EXPECTED.toBuilder().setRelayHost("").build().getSerializedSize();
        HostProcessHelloResponse answer = EXPECTED.toBuilder().setRelayHost("h".repeat(bytes - around)).build();
        assertThat(answer.getSerializedSize()).isEqualTo(bytes);
        return answer;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
