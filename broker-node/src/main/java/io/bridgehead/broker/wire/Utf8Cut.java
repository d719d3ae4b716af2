package io.bridgehead.broker.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into pieces that are valid UTF-8 by themselves, for a transport that has text messages. A
 * character cut in two is kept (at most 3 bytes) until the rest comes. Bytes that are no UTF-8 come out as binary. One
 * connection's context.
 */
public final class Utf8Cut {

    private static final byte[] NOTHING = {};

    /** A piece: text, or bytes that are none. Either may be empty. */
    public sealed interface Piece {
        record Text(String text) implements Piece {}

        record Binary(byte[] bytes) implements Piece {}
    }

    private byte[] kept = NOTHING;

    /** The next piece of the stream. */
    public Piece next(byte[] chunk) {
        byte[] bytes = concat(kept, chunk);
        kept = NOTHING;
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, false);
        if (result.isError()) {
            return new Piece.Binary(bytes);
        }
        kept = Arrays.copyOfRange(bytes, in.position(), bytes.length);
        return new Piece.Text(out.flip().toString());
    }

    /** What is kept, when no rest will come. */
    public byte[] rest() {
        byte[] rest = kept;
        kept = NOTHING;
        return rest;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        if (first.length == 0) {
            return second;
        }
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
