package io.bridgehead.broker.signalling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Puts a peer's frames together to messages, of which no more than the limit is ever kept. One event loop. */
final class IncomingMessage {

    private final int maxBytes;
    /** Of a message in several frames what has come so far, in bytes; a message in one frame is not kept. */
    private int collectedBytes;

    private ByteArrayOutputStream collected = new ByteArrayOutputStream(0);
    private boolean binary;
    private boolean tooLarge;

    IncomingMessage(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** What the peer says, once it is whole, or too large: the rest of such a one may never come. Copies the bytes. */
    Optional<SignallingCommand> add(WebSocketFrame frame) {
        if (!(frame instanceof ContinuationWebSocketFrame)) {
            binary = frame instanceof BinaryWebSocketFrame;
            tooLarge = false;
            forget();
        }
        ByteBuf part = frame.content();
        tooLarge |= collectedBytes + part.readableBytes() > maxBytes;
        if (frame.isFinalFragment() || tooLarge) {
            SignallingCommand command = command(part);
            forget();
            return Optional.of(command);
        }
        if (!binary) {
            collect(part);
        }
        return Optional.empty();
    }

    private void collect(ByteBuf part) {
        collected.writeBytes(ByteBufUtil.getBytes(part));
        collectedBytes += part.readableBytes();
    }

    private void forget() {
        if (collectedBytes > 0) {
            collectedBytes = 0;
            collected = new ByteArrayOutputStream(0);
        }
    }

    private SignallingCommand command(ByteBuf last) {
        if (tooLarge) {
            return new SignallingCommand.Malformed(
                    ErrorCode.TOO_LARGE, "at most " + maxBytes + " bytes expected", true);
        }
        if (binary) {
            return new SignallingCommand.Malformed(ErrorCode.BINARY, "a text message expected", false);
        }
        if (collectedBytes == 0) {
            return SignallingDecoder.decode(ByteBufUtil.getBytes(last));
        }
        collect(last);
        return SignallingDecoder.decode(collected.toByteArray());
    }
}
