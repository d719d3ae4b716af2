package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any texts made of JSON's pieces: what is taken is passed on as it was, and another parser agrees that it is JSON. */
class SignallingDecoderPropertyTest {

    private static final List<String> PIECES = List.of(
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\"to\"", "\"type\"", "\"message\"", "\"from\"", "\"a\"", "\"\"",
            "1", "0", "-", ".", "e", "E5", "1e400", "true", "false", "null", " ", "\n", "\t", "\\u0041", "\"\\ud83d\"",
            "\u00e9", "😀", "\0", "\"to\":\"a\",", "\"type\":\"t\",", "\"message\":", "{\"to\":\"a\",\"type\":\"t\",\"message\":");

    @Property(tries = 20_000)
    void whatIsTakenIsJsonForOthersToo(@ForAll("texts") List<String> pieces) {
        SignallingDecoderFuzzTest.check(String.join("", pieces).getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.of(PIECES).list().ofMaxSize(14);
    }

    @Property(tries = 5_000)
    void anyTextMayBeAMessageATypeAndAnId(@ForAll String text) {
        boolean whole = StandardCharsets.UTF_8.newEncoder().canEncode(text);
        String json = new JsonObject().put("x", whole ? text : "").encode();
        String message = json.substring("{\"x\":".length(), json.length() - 1);

        SignallingCommand command = SignallingDecoder.decode(
                ("{\"to\":\"a\",\"type\":\"t\",\"message\":" + message + "}").getBytes(StandardCharsets.UTF_8));
        assertThat(command).isInstanceOfSatisfying(
                SignallingCommand.Message.class, taken -> assertThat(taken.message()).isEqualTo(message));

        byte[] out = SignallingEncoder.encode(
                new SignallingReply.Forward("me", whole ? text : "", whole ? text : "", message, OptionalLong.empty()));
        JsonObject read = new JsonObject(new String(out, StandardCharsets.UTF_8));
        assertThat(read.getString("from")).isEqualTo(whole ? text : "");
        assertThat(read.getString("type")).isEqualTo(whole ? text : "");
        assertThat(read.getString("message")).isEqualTo(whole ? text : "");
    }
}
