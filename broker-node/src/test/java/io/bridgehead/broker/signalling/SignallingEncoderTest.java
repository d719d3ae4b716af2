package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The bytes that apps rely on. */
class SignallingEncoderTest {

    private static final OptionalLong NONE = OptionalLong.empty();

    private static void assertText(SignallingReply reply, String expected) {
        assertThat(new String(SignallingEncoder.encode(reply), StandardCharsets.UTF_8)).isEqualTo(expected);
    }

    @Test
    void theSeedsPeersAreToldWhatTheSeedTold() {
        assertText(
                new SignallingReply.Hello(
                        "me", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of()),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"HELLO\",\"message\":{\"id\":\"me\"}}");
        assertText(
                new SignallingReply.PeerJoined("me", "p", "", NONE),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"PEER_JOINED\",\"message\":{\"id\":\"p\"}}");
        assertText(
                new SignallingReply.PeerGone("me", "p", NONE),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"PEER_GONE\",\"message\":{\"id\":\"p\"}}");
        assertText(
                new SignallingReply.Error("me", ErrorCode.WRONG_TO, "a \"b\"\n"),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"ERROR\","
                        + "\"message\":{\"code\":\"wrong-to\",\"reason\":\"a \\\"b\\\"\\n\"}}");
        assertText(
                new SignallingReply.Forward("me", "p", "a\"b", "[ 1.0 ]", NONE),
                "{\"from\":\"p\",\"to\":\"me\",\"type\":\"a\\\"b\",\"message\":[ 1.0 ]}");
    }

    @Test
    void othersAreToldMore() {
        SignallingReply.IceServer turn =
                new SignallingReply.IceServer("turn:t.example.org", Optional.of("u"), Optional.of("c"));
        assertText(
                new SignallingReply.Hello(
                        "me", Optional.of("token"), Optional.of("info"), Optional.of(new SignallingReply.Return("me.s", 30)),
                        Optional.of(new SignallingReply.Resumed(4, 0)), List.of(turn)),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"HELLO\",\"message\":{\"id\":\"me\",\"server\":\"token\","
                        + "\"serverInfo\":\"info\",\"secret\":\"me.s\",\"graceSeconds\":30,\"resumed\":true,\"received\":4,"
                        + "\"lost\":0,\"iceServers\":[{\"urls\":[\"turn:t.example.org\"],\"username\":\"u\","
                        + "\"credential\":\"c\"}]}}");
        assertText(
                new SignallingReply.Hello(
                        "me", Optional.empty(), Optional.empty(), Optional.empty(),
                        Optional.of(new SignallingReply.Resumed(4, -1)), List.of()),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"HELLO\","
                        + "\"message\":{\"id\":\"me\",\"resumed\":true,\"received\":4,\"lost\":\"unknown\"}}");
        assertText(
                new SignallingReply.PeerJoined("me", "p", "Ann", OptionalLong.of(3)),
                "{\"from\":\"0\",\"to\":\"me\",\"type\":\"PEER_JOINED\",\"message\":{\"id\":\"p\",\"who\":\"Ann\"},\"seq\":3}");
    }
}
