package io.bridgehead.broker.signalling;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import java.util.Optional;

/** Puts a peer's frames together to messages, of which no more than the limit is ever kept. One event loop. */
final class IncomingMessage {

    private final int maxBytes;
    private Buffer collected;
    private boolean binary;
    private boolean tooLarge;

    IncomingMessage(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** What the peer says, once it is whole, or too large: the rest of such a one may never come. */
    Optional<SignallingCommand> add(WebSocketFrame frame) {
        if (!frame.isContinuation()) {
            binary = frame.isBinary();
            tooLarge = false;
            collected = Buffer.buffer();
        }
        Buffer part = frame.binaryData();
        tooLarge |= collected.length() + part.length() > maxBytes;
        if (!tooLarge && !binary) {
            collected.appendBuffer(part);
        }
        return frame.isFinal() || tooLarge ? Optional.of(command()) : Optional.empty();
    }

    private SignallingCommand command() {
        byte[] whole = collected.getBytes();
        collected = Buffer.buffer();
        if (tooLarge) {
            return new SignallingCommand.Malformed(
                    ErrorCode.TOO_LARGE, "at most " + maxBytes + " bytes expected", true);
        }
        return binary
                ? new SignallingCommand.Malformed(ErrorCode.BINARY, "a text message expected", false)
                : SignallingDecoder.decode(whole);
    }
}
