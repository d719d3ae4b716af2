package io.bridgehead.broker.estim;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What one client sends, and when its bridge begins and ends while it does, in a form people can read and write. */
record ClientStream(List<Part> parts) {

    sealed interface Part {
        record Bytes(byte[] bytes) implements Part {}

        /** A WebSocket message ends here. */
        record MessageEnd() implements Part {}

        /** The bridge begins, or ends, by somebody else's doing. */
        record Switch(boolean bridged) implements Part {}
    }

    static ClientStream of(String escaped) {
        return of(unescape(escaped));
    }

    static ClientStream of(byte[] bytes) {
        return new ClientStream(List.of(new Part.Bytes(bytes)));
    }

    static ClientStream bridged(String escaped) {
        return bridged(unescape(escaped));
    }

    static ClientStream bridged(byte[] bytes) {
        return new ClientStream(List.of(new Part.Switch(true), new Part.Bytes(bytes)));
    }

    ClientStream then(Part... more) {
        List<Part> all = new ArrayList<>(parts);
        all.addAll(List.of(more));
        return new ClientStream(List.copyOf(all));
    }

    int length() {
        return parts.stream()
                .mapToInt(part -> part instanceof Part.Bytes(byte[] bytes) ? bytes.length : 0)
                .sum();
    }

    /** Printable ASCII as it is; {@code \r}, {@code \n}, {@code \0}, {@code \\}, {@code \xHH}. */
    static String escape(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case 0 -> text.append("\\0");
                case '\\' -> text.append("\\\\");
                default -> text.append(b >= ' ' && b < 0x7f ? String.valueOf((char) b) : "\\x%02x".formatted(b & 0xff));
            }
        }
        return text.toString();
    }

    /** The reverse; any other character stands for its UTF-8 bytes, {@code \(64*x)} for sixty-four times x. */
    static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c != '\\') {
                int point = text.codePointAt(at);
                at += Character.charCount(point) - 1;
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            char kind = text.charAt(++at);
            switch (kind) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case '0' -> bytes.write(0);
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(Integer.parseInt(text.substring(at + 1, at + 3), 16));
                    at += 2;
                }
                case '(' -> {
                    int end = text.indexOf(')', at);
                    String[] times = text.substring(at + 1, end).split("\\*");
                    bytes.writeBytes(times[1].repeat(Integer.parseInt(times[0])).getBytes(StandardCharsets.UTF_8));
                    at = end;
                }
                default -> throw new IllegalArgumentException("escape \\" + kind + " in " + text);
            }
        }
        return bytes.toByteArray();
    }
}
