package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeBus.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** An answer: one byte, or one more and a bit for each part. One that is not understood reads as null. Any thread. */
final class AnswerWire implements MessageCodec<Answer, Answer> {

    static final String NAME = "a";

    private static final byte TAKEN = 1;
    private static final byte NOT_HERE = 2;
    private static final byte OF_PARTS = 3;

    @Override
    public void encodeToWire(Buffer buffer, Answer answer) {
        if (answer.equals(Answer.TAKEN)) {
            buffer.appendByte(TAKEN);
        } else if (answer.equals(Answer.NOT_HERE)) {
            buffer.appendByte(NOT_HERE);
        } else {
            buffer.appendByte(OF_PARTS).appendLong(answer.missing());
        }
    }

    @Override
    public Answer decodeFromWire(int position, Buffer buffer) {
        if (position < 0 || position >= buffer.length()) {
            return null;
        }
        return switch (buffer.getByte(position)) {
            case TAKEN -> Answer.TAKEN;
            case NOT_HERE -> Answer.NOT_HERE;
            case OF_PARTS -> position + 1 + Long.BYTES > buffer.length() ? null : Answer.of(buffer.getLong(position + 1));
            default -> null;
        };
    }

    @Override
    public Answer transform(Answer answer) {
        return answer;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
