package io.bridgehead.broker.hostagent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * Reads a relay's messages: four bytes of length, big endian, then protobuf. Takes one message at a time and leaves what
 * follows it, which may be a client's bytes. A message longer than the limit is refused before anything is kept of it.
 * One connection each; no I/O. Source: protocols.md part 3.
 */
final class MessageDecoder<M extends MessageLite> {

    private static final int LENGTH_BYTES = Integer.BYTES;

    /** What the bytes so far are. */
    sealed interface Decoded<M> {

        /** One whole message. */
        record Message<M>(M value) implements Decoded<M> {}

        /** No such message, and nothing behind it can be trusted. */
        record Malformed<M>(String reason) implements Decoded<M> {}
    }

    private final Parser<M> parser;
    private final int maxBytes;

    private int lengthRead;
    private int length;
    private byte[] body;
    private int bodyRead;

    /** @param maxBytes longest message, without its length */
    MessageDecoder(Parser<M> parser, int maxBytes) {
        this.parser = parser;
        this.maxBytes = maxBytes;
    }

    /** The next message; empty when it is not all there yet, and then {@code in} has been read to its end. */
    Optional<Decoded<M>> take(ByteBuf in) {
        while (body == null) {
            if (!in.isReadable()) {
                return Optional.empty();
            }
            length = length << Byte.SIZE | in.readUnsignedByte();
            if (++lengthRead == LENGTH_BYTES) {
                if (length < 0 || length > maxBytes) {
                    return Optional.of(new Decoded.Malformed<>("a message of %d bytes (expected: 0..%d)"
                            .formatted(Integer.toUnsignedLong(length), maxBytes)));
                }
                body = new byte[length];
            }
        }
        int part = Math.min(in.readableBytes(), body.length - bodyRead);
        in.readBytes(body, bodyRead, part);
        bodyRead += part;
        return bodyRead < body.length ? Optional.empty() : Optional.of(parsed());
    }

    private Decoded<M> parsed() {
        try {
            return new Decoded.Message<>(parser.parseFrom(body));
        } catch (InvalidProtocolBufferException bad) {
            return new Decoded.Malformed<>("no message of the relay's protocol: " + bad.getMessage());
        } finally {
            body = null;
            bodyRead = 0;
            length = 0;
            lengthRead = 0;
        }
    }
}
