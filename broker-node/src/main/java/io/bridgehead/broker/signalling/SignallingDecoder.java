package io.bridgehead.broker.signalling;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One WebSocket message as a command: {@code {"to","type","message"}} and perhaps {@code "from"}; other keys are
 * ignored. Pure; any thread. Source: {@code protocols.md} §2, limits {@code reliability.md} §3 line 18.
 */
final class SignallingDecoder {

    static final int MAX_ID_CHARACTERS = 256;
    static final int MAX_TYPE_CHARACTERS = 64;

    private static final char REPLACEMENT = '\uFFFD';

    private SignallingDecoder() {}

    /** @param bytes a whole text message, within the room's limit */
    static SignallingCommand decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // what is not UTF-8 is in the text as this character, and so is the character itself
        if (text.indexOf(REPLACEMENT) >= 0 && !isUtf8(bytes)) {
            return new SignallingCommand.Malformed(ErrorCode.NOT_JSON, "the message is not UTF-8", true);
        }
        StrictJson json = StrictJson.of(text, bytes);
        Fields fields = new Fields(text, json);
        try {
            json.object(fields);
        } catch (StrictJson.Refused refused) {
            return new SignallingCommand.Malformed(ErrorCode.NOT_JSON, refused.getMessage(), refused.isUnsafe());
        }
        return fields.command();
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    /** What was found of the four keys. */
    private static final class Fields implements StrictJson.Members {

        private final String text;
        private final StrictJson json;
        private String from;
        private String to;
        private String type;
        private String message;
        private String problem;

        private Fields(String text, StrictJson json) {
            this.text = text;
            this.json = json;
        }

        @Override
        public void member(String name, int start, int end) throws StrictJson.Refused {
            switch (name) {
                case "from" -> from = string(name, start, MAX_ID_CHARACTERS);
                case "to" -> to = string(name, start, MAX_ID_CHARACTERS);
                case "type" -> type = string(name, start, MAX_TYPE_CHARACTERS);
                case "message" -> message = text.substring(start, end);
                default -> {
                    // for a later version
                }
            }
        }

        private String string(String name, int start, int max) throws StrictJson.Refused {
            String value = json.stringAt(start);
            if (value == null || value.isEmpty() || value.length() > max || hasControls(value)) {
                problem = name + ": a string of 1.." + max + " characters, no control characters, expected";
            }
            return value;
        }

        private static boolean hasControls(String value) {
            // they are all in Latin-1; bytes are looked at in half the time that characters take
            for (byte c : value.getBytes(StandardCharsets.ISO_8859_1)) {
                if (Character.isISOControl(c & 0xFF)) {
                    return true;
                }
            }
            return false;
        }

        private SignallingCommand command() {
            if (problem == null) {
                problem = to == null ? "to: missing" : type == null ? "type: missing"
                        : message == null ? "message: missing" : null;
            }
            return problem != null
                    ? new SignallingCommand.Malformed(ErrorCode.BAD_MESSAGE, problem, false)
                    : new SignallingCommand.Message(Optional.ofNullable(from), to, type, message);
        }
    }
}
