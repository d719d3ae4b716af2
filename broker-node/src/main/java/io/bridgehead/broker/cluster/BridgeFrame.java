package io.bridgehead.broker.cluster;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds node messages in frames of the event bus, which are {@code length, version, codec, kind, address, reply address,
 * sender, headers, body}; texts are {@code length (4 bytes), bytes}. Where two nodes have agreed on it they leave those
 * fields out: {@code length, 0, body}. A frame begins at {@code start}. Pure; any thread.
 */
final class BridgeFrame {

    /** In place of the bus's fields, whose first is a version that is never 0. */
    static final byte[] NO_FIELDS = {0};

    private static final byte VERSION = 2;
    private static final byte CODEC_BY_NAME = -1;
    private static final byte[] CODEC = NodeMessageWire.NAME.getBytes(StandardCharsets.US_ASCII);

    /** Where the address begins with its length. */
    static final int ADDRESS = Integer.BYTES + 2 + Integer.BYTES + CODEC.length + 1;

    /** The number that the bus's own pings have for a codec. */
    private static final byte PING = 1;

    private BridgeFrame() {}

    /** Whether this is a frame without the bus's fields. */
    static boolean isBare(ByteBuf in, int start) {
        return start + Integer.BYTES < in.writerIndex() && in.getByte(start + Integer.BYTES) == 0;
    }

    /** Whether this is one of the bus's pings, and nothing but that. */
    static boolean isPing(ByteBuf frame) {
        int start = frame.readerIndex();
        return frame.readableBytes() > Integer.BYTES + 2
                && frame.getInt(start) == frame.readableBytes() - Integer.BYTES
                && frame.getByte(start + Integer.BYTES) == VERSION
                && frame.getByte(start + Integer.BYTES + 1) == PING;
    }

    /** Where the message begins; -1: it is no node message, awaits an answer, or does not begin before the buffer ends. */
    static int messageIn(ByteBuf in, int start) {
        int end = in.writerIndex();
        int at = start + Integer.BYTES;
        if (isBare(in, start)) {
            return at + 1;
        }
        if (end - start < ADDRESS || in.getByte(at) != VERSION || in.getByte(at + 1) != CODEC_BY_NAME
                || in.getInt(at + 2) != CODEC.length) {
            return -1;
        }
        for (int i = 0; i < CODEC.length; i++) {
            if (in.getByte(at + 2 + Integer.BYTES + i) != CODEC[i]) {
                return -1;
            }
        }
        int reply = behindText(in, start + ADDRESS, end);
        int sender = behindText(in, reply, end);
        if (sender != reply + Integer.BYTES) {
            return -1;
        }
        int headers = behindText(in, sender, end);
        if (headers < 0 || headers + Integer.BYTES > end) {
            return -1;
        }
        // counts itself
        int length = in.getInt(headers);
        return length < Integer.BYTES || length > end - headers ? -1 : headers + length;
    }

    /** The address of a frame of which {@link #messageIn} has been found. */
    static String addressIn(ByteBuf in, int start) {
        int at = start + ADDRESS;
        return in.toString(at + Integer.BYTES, in.getInt(at), StandardCharsets.UTF_8);
    }

    private static int behindText(ByteBuf in, int at, int end) {
        if (at < 0 || at + Integer.BYTES > end) {
            return -1;
        }
        int length = in.getInt(at);
        return length < 0 || length > end - at - Integer.BYTES ? -1 : at + Integer.BYTES + length;
    }
}
