package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignallingDecoderTest {

    private static SignallingCommand decode(String text) {
        return SignallingDecoder.decode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static SignallingCommand.Message message(String text) {
        assertThat(decode(text)).isInstanceOf(SignallingCommand.Message.class);
        return (SignallingCommand.Message) decode(text);
    }

    private static SignallingCommand.Malformed malformed(String text) {
        SignallingCommand command = decode(text);
        assertThat(command).as("%s", text).isInstanceOf(SignallingCommand.Malformed.class);
        return (SignallingCommand.Malformed) command;
    }

    private static String around(String message) {
        return "{\"to\":\"a\",\"type\":\"t\",\"message\":" + message + "}";
    }

    /** Two characters of the text may be one of a user's. */
    @Test
    void whatStandsBehindCharactersBeyondLatin1IsFound() {
        assertThat(message("{\"😀€\":\"😀\",\"to\":\"ä😀\\u0041€\",\"message\":\"😀\",\"type\":\"ä\"}"))
                .isEqualTo(new SignallingCommand.Message(Optional.empty(), "ä😀A€", "ä", "\"😀\""));
    }

    @Test
    void theFourKeysMayStandInAnyOrderAmongOthers() {
        String text = " {\"x\":[1,{\"to\":2}],\"message\" : [ 1 ] ,\"type\":\"\\u0074\",\"from\":\"b\",\"to\":\"a\"}\n";

        assertThat(message(text))
                .isEqualTo(new SignallingCommand.Message(Optional.of("b"), "a", "t", "[ 1 ]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "null", "true", "false", "0", "-0", "1.50e+3", "123456789012345678901234567890.12345678901234567890", "\"\"",
        "\"\\\"}\\\\\"", "\"\\ud83d\\ude00\"", "\"😀\"", "{ }", "[ ]", "{\"a\":{\"a\":[1, 2]},\"b\":{\"a\":1}}"
    })
    void theMessageStaysAsItWasWritten(String message) {
        assertThat(message(around(message)).message()).isEqualTo(message);
        assertThat(message(around(" " + message + "\t")).message()).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "x", "[]", "\"a\"", "{", "{}x", "{\"to\"}", "{\"to\":}", "{\"to\":\"a\",}", "{'to':1}", "{\"a\":01}",
        "{\"a\":1.}", "{\"a\":.1}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":NaN}", "{\"a\":nul}", "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}", "{\"a\":\"\t\"}", "{\"a\":[1,]}", "{\"a\":[1", "{\"a\":\"", "{} {}", "/**/{}", "\ufeff{}"
    })
    void whatIsNoJsonIsRefused(String text) {
        assertThat(malformed(text).code()).isEqualTo(ErrorCode.NOT_JSON);
        assertThat(malformed(text).unsafe()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"to":"a","to":"b","type":"t","message":1} | a key stands there twice
            {"message":{"a":1,"\\u0061":2}}            | a key stands there twice
            {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"c":1} | a key stands there twice
            {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"j":1} | a key stands there twice
            {"a":"\\ud800"}                            | half of a surrogate pair
            {"a":"\\udc00\\ud800"}                     | half of a surrogate pair
            {"a":1e999999999}                          | a number beyond the range of a double
            {"a":-1e309}                               | a number beyond the range of a double
            """)
    void whatOthersMayReadOtherwiseIsUnsafe(String text, String reason) {
        assertThat(malformed(text)).isEqualTo(new SignallingCommand.Malformed(ErrorCode.NOT_JSON, reason, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                    | to: missing
            {"to":"a","message":1}                | type: missing
            {"to":"a","type":"t"}                 | message: missing
            {"to":1,"type":"t","message":1}       | to: a string of 1..256 characters, no control characters, expected
            {"to":"","type":"t","message":1}      | to: a string of 1..256 characters, no control characters, expected
            {"to":"a\\u0085","type":"t","message":1} | to: a string of 1..256 characters, no control characters, expected
            {"to":"€","type":"\\u007f","message":1} | type: a string of 1..64 characters, no control characters, expected
            {"to":"a","type":"\\n","message":1}   | type: a string of 1..64 characters, no control characters, expected
            {"to":"a","from":null,"type":"t","message":1} | from: a string of 1..256 characters, no control characters, expected
            """)
    void aFieldThatIsMissingOrWrongIsNamed(String text, String reason) {
        assertThat(malformed(text)).isEqualTo(new SignallingCommand.Malformed(ErrorCode.BAD_MESSAGE, reason, false));
    }

    @Test
    void theLimitsAreWhereTheyAre() {
        int inner = StrictJson.MAX_DEPTH - 1;
        assertThat(message(around("[".repeat(inner) + "]".repeat(inner))).message()).hasSize(2 * inner);
        assertThat(malformed(around("[".repeat(inner + 1) + "]".repeat(inner + 1))).reason()).startsWith("nested deeper");
        assertThat(malformed("{\"a\":" + "[".repeat(1_000_000)).unsafe()).isTrue();
        assertThat(message(around("1".repeat(StrictJson.MAX_NUMBER))).message()).hasSize(StrictJson.MAX_NUMBER);
        assertThat(malformed(around("1".repeat(StrictJson.MAX_NUMBER + 1))).reason()).startsWith("a number longer");
        assertThat(message("{\"to\":\"" + "a".repeat(256) + "\",\"type\":\"" + "t".repeat(64) + "\",\"message\":1}"))
                .isNotNull();
        assertThat(malformed("{\"to\":\"" + "a".repeat(257) + "\",\"type\":\"t\",\"message\":1}").reason())
                .startsWith("to:");
        assertThat(malformed("{\"to\":\"a\",\"type\":\"" + "t".repeat(65) + "\",\"message\":1}").reason())
                .startsWith("type:");
    }

    @Test
    void bytesThatAreNotUtf8AreUnsafe() {
        byte[] text = around("\"x\"").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SignallingDecoder.decode(text)).isInstanceOf(SignallingCommand.Message.class);
        text[text.length - 3] = (byte) 0xff;
        assertThat(SignallingDecoder.decode(text))
                .isEqualTo(new SignallingCommand.Malformed(ErrorCode.NOT_JSON, "the message is not UTF-8", true));
    }
}
