package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessageCodec;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds the bytes of a bridge in a frame of the event bus, which is {@code length, version, codec, kind, address, reply
 * address, sender, headers, body}; texts are {@code length (4 bytes), bytes}. Pure; any thread.
 */
final class BridgeFrame {

    private static final byte VERSION = 2;
    private static final byte CODEC_BY_NAME = -1;
    private static final byte[] CODEC = NodeMessageWire.NAME.getBytes(StandardCharsets.US_ASCII);

    private BridgeFrame() {}

    /** Bytes of the frame, length and all, before a bridge's bytes begin; -1: it is no such frame, or not so far. */
    static int fieldsIn(ByteBuf frame) {
        int end = frame.writerIndex();
        int at = Integer.BYTES;
        int codecEnd = at + 2 + Integer.BYTES + CODEC.length;
        if (end < codecEnd || frame.getByte(at) != VERSION || frame.getByte(at + 1) != CODEC_BY_NAME
                || frame.getInt(at + 2) != CODEC.length) {
            return -1;
        }
        for (int i = 0; i < CODEC.length; i++) {
            if (frame.getByte(at + 2 + Integer.BYTES + i) != CODEC[i]) {
                return -1;
            }
        }
        at = codecEnd + 1;
        for (int text = 0; text < 3; text++) {
            at = behindText(frame, at, end);
        }
        // the headers' length counts itself
        at = behindText(frame, at, end) - Integer.BYTES;
        return at >= 0 && NodeMessageCodec.isBridgeBytes(frame, at) ? at + NodeMessageCodec.BRIDGE_FIELDS : -1;
    }

    private static int behindText(ByteBuf frame, int at, int end) {
        if (at < 0 || at + Integer.BYTES > end) {
            return -1;
        }
        int length = frame.getInt(at);
        return length < 0 || length > end - at - Integer.BYTES ? -1 : at + Integer.BYTES + length;
    }
}
