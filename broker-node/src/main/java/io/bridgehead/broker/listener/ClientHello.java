package io.bridgehead.broker.listener;

import io.netty.buffer.ByteBuf;

/**
 * How much of a TLS client's first message is there. It may be spread over records, and a record over reads; what is in
 * it is not looked at. Source: RFC 8446 §4, §5.1 (RFC 5246 §6.2.1, §7.4 are the same).
 */
enum ClientHello {
    /** So far it is one, and there is more to come. */
    PARTIAL,
    /** All of it is there. */
    WHOLE,
    /** Not the begin of TLS 1.0 to 1.3, or of more bytes than are taken. */
    NONE;

    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;

    /**
     * Reads without moving the reader's index.
     *
     * @param bytes all that has come so far
     * @param most bytes of its records; one that announces more is none
     */
    static ClientHello in(ByteBuf bytes, int most) {
        int record = bytes.readerIndex();
        int message = 0;
        int header = 0;
        while (bytes.writerIndex() - record >= RECORD_HEADER) {
            int length = bytes.getUnsignedShort(record + 3);
            int end = record + RECORD_HEADER + length;
            if (bytes.getUnsignedByte(record) != HANDSHAKE
                    || bytes.getUnsignedByte(record + 1) != MAJOR_VERSION
                    || length == 0
                    || end - bytes.readerIndex() > most) {
                return NONE;
            }
            int there = Math.min(end, bytes.writerIndex()) - (record + RECORD_HEADER);
            for (int n = 0; n < there && message + n < MESSAGE_HEADER; n++) {
                header = header << 8 | bytes.getUnsignedByte(record + RECORD_HEADER + n);
            }
            message += there;
            if (message >= MESSAGE_HEADER) {
                if (header >>> 24 != CLIENT_HELLO || (header & 0xffffff) + MESSAGE_HEADER > most) {
                    return NONE;
                }
                if (message >= (header & 0xffffff) + MESSAGE_HEADER && end <= bytes.writerIndex()) {
                    return WHOLE;
                }
            }
            record = end;
        }
        return PARTIAL;
    }
}
