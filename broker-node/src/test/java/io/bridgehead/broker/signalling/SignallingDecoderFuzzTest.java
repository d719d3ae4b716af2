package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Lets the fuzzer look for a text that the decoder takes and another parser does not, or the reverse. A plain test run
 * tries the corpus; {@code mvn -Pfuzz -pl broker-node -am test} searches.
 */
class SignallingDecoderFuzzTest {

    private static final JsonFactory JACKSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(StrictJson.MAX_DEPTH)
                    .maxNumberLength(StrictJson.MAX_NUMBER)
                    .build())
            .build();

    @FuzzTest(maxDuration = "2m")
    void takesWhatAnotherParserTakes(byte[] input) {
        check(input);
    }

    /** What is taken is JSON, its message too, and what is refused as no JSON is refused by the other parser. */
    static void check(byte[] input) {
        SignallingCommand command = SignallingDecoder.decode(input);
        switch (command) {
            case SignallingCommand.Message message -> {
                assertThat(isJson(new String(input, StandardCharsets.UTF_8))).isTrue();
                assertThat(isJson(message.message())).isTrue();
                assertThat(new String(input, StandardCharsets.UTF_8)).contains(message.message());
                byte[] passedOn = SignallingEncoder.encode(new SignallingReply.Forward(
                        "me", message.to(), message.type(), message.message(), OptionalLong.of(1)));
                assertThat(isJson(new String(passedOn, StandardCharsets.UTF_8))).isTrue();
            }
            case SignallingCommand.Malformed malformed
                    when malformed.code() == ErrorCode.NOT_JSON && !malformed.unsafe() ->
                assertThat(isObject(new String(input, StandardCharsets.UTF_8))).isFalse();
            case SignallingCommand.Malformed malformed -> {
                // a limit, or a field
            }
        }
    }

    private static boolean isObject(String text) {
        return text.strip().startsWith("{") && isJson(text);
    }

    private static boolean isJson(String text) {
        try (JsonParser parser = JACKSON.createParser(text)) {
            JsonToken first = parser.nextToken();
            parser.skipChildren();
            while (parser.nextToken() != null) {
                return false;
            }
            return first != null;
        } catch (IOException malformed) {
            return false;
        }
    }
}
