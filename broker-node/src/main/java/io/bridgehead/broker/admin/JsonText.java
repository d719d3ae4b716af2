package io.bridgehead.broker.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON from strangers: valid UTF-8, no key twice, nested at most {@value #MAX_DEPTH} deep, no number longer than
 * {@value #MAX_NUMBER} characters or beyond a double, no half surrogate pairs, nothing after the value. Needed because
 * Vert.x's own reader takes all of that. Its refusals never quote the text: a PIN may be in it. Any thread. Source:
 * {@code reliability.md} §3 line 18.
 */
final class JsonText {

    static final int MAX_DEPTH = 32;
    static final int MAX_NUMBER = 20;
    private static final int MAX_NAME = 256;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxNameLength(MAX_NAME)
                    .maxStringLength(BodyReader.MAX_BYTES)
                    .maxDocumentLength(BodyReader.MAX_BYTES)
                    .build())
            .build();

    private JsonText() {}

    /** The value as Vert.x represents it; a {@link Problem.Refusal} with status 400 when it is not acceptable JSON. */
    static Object read(Buffer body) {
        try (JsonParser parser = FACTORY.createParser(decode(body))) {
            Object value = value(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw refused("there is something behind the JSON value", "nothing");
            }
            return value;
        } catch (StreamConstraintsException beyondLimit) {
            throw refused("the JSON is beyond a limit", "depth at most " + MAX_DEPTH + ", numbers at most "
                    + MAX_NUMBER + " characters, keys at most " + MAX_NAME);
        } catch (JsonProcessingException malformed) {
            throw refused("the text is not JSON at line " + malformed.getLocation().getLineNr() + ", column "
                    + malformed.getLocation().getColumnNr(), "RFC 8259");
        } catch (CharacterCodingException malformed) {
            throw refused("the text is not UTF-8", "UTF-8");
        } catch (IOException impossible) {
            throw new IllegalStateException("reading from memory", impossible);
        }
    }

    private static String decode(Buffer body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes())).toString();
    }

    private static Object value(JsonParser parser, JsonToken token) throws IOException {
        if (token == null) {
            throw refused("the text is empty or ends early", "a JSON object");
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("parser gave " + token);
        };
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        JsonObject object = new JsonObject();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = text(parser.currentName());
            if (object.containsKey(key)) {
                throw refused("key " + Shown.text(key) + " stands there twice", "each key once");
            }
            object.put(key, value(parser, parser.nextToken()));
        }
        return object;
    }

    private static JsonArray array(JsonParser parser) throws IOException {
        JsonArray array = new JsonArray();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(parser, token));
        }
        return array;
    }

    /** As a double, never as a BigDecimal: 1e999999999 is eleven bytes that would become a gigabyte. */
    private static Number number(JsonParser parser) throws IOException {
        double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
            throw refused("a number is beyond the range of a double", "magnitude below 1.8e308");
        }
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT && Math.abs(number) < 1e15
                ? (Number) Long.valueOf(parser.getLongValue())
                : Double.valueOf(number);
    }

    private static String text(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw refused("a text has half of a surrogate pair", "Unicode");
        }
        return text;
    }

    private static Problem.Refusal refused(String found, String expected) {
        return Problem.of(400, "request body: " + found + " (expected: " + expected + ")").refusal();
    }
}
