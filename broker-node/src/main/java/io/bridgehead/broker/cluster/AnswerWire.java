package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeBus.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** The one byte of an answer. One that is not understood reads as null. Any thread. */
final class AnswerWire implements MessageCodec<Answer, Answer> {

    static final String NAME = "a";

    private static final byte TAKEN = 1;
    private static final byte NOT_HERE = 2;

    @Override
    public void encodeToWire(Buffer buffer, Answer answer) {
        buffer.appendByte(
                switch (answer) {
                    case TAKEN -> TAKEN;
                    case NOT_HERE -> NOT_HERE;
                });
    }

    @Override
    public Answer decodeFromWire(int position, Buffer buffer) {
        if (position < 0 || position >= buffer.length()) {
            return null;
        }
        return switch (buffer.getByte(position)) {
            case TAKEN -> Answer.TAKEN;
            case NOT_HERE -> Answer.NOT_HERE;
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
