package io.bridgehead.broker.listener;

import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.wire.Utf8Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket. A line is a text message; a partner's bytes go out as text to a client whose last frame was text, cut
 * only between characters, and as binary to one whose last frame was binary. Frames out are at most 64 KiB.
 */
final class WebSocketTransport implements Transport {

    private static final int MAX_FRAME_BYTES = 64 * 1024;

    private static final int WRITE_MARK_BYTES = 128 * 1024;

    private final ServerWebSocket socket;
    private final EventLoop eventLoop;
    private final Duration writeTimeout;
    private final Duration stallTimeout;
    private final UserTimeout userTimeout;
    private final Utf8Cut cut = new Utf8Cut();

    private Receiver receiver;
    private boolean text = true;
    private boolean bridged;
    private boolean told;
    private CloseReason reason = CloseReason.PEER_GONE;
    private ScheduledFuture<?> stalled;
    private ScheduledFuture<?> check;

    WebSocketTransport(
            ServerWebSocket socket,
            ContextInternal context,
            Duration writeTimeout,
            Duration stallTimeout,
            Duration tcpUserTimeout) {
        this.socket = socket;
        this.eventLoop = context.nettyEventLoop();
        this.writeTimeout = writeTimeout;
        this.stallTimeout = stallTimeout;
        this.userTimeout = new UserTimeout(connection().channel(), tcpUserTimeout);
    }

    @Override
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** The server's own handlers stay where they are. */
    @Override
    public void moveTo(EventLoop target, Runnable moved) {
        moved.run();
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        socket.setWriteQueueMaxSize(WRITE_MARK_BYTES);
        socket.frameHandler(this::frame);
        socket.drainHandler(v -> drained());
        // a frame over the limit, an unmasked one, bad continuation: the server closes and says so here first
        socket.exceptionHandler(cause -> broken());
        socket.closeHandler(v -> tellClosed());
        userTimeout.written();
    }

    private void broken() {
        // our own cutting it off breaks what was still queued
        if (reason == CloseReason.PEER_GONE) {
            reason = CloseReason.PROTOCOL_ERROR;
        }
    }

    private void frame(WebSocketFrame frame) {
        if (told || !(frame.isText() || frame.isBinary() || frame.isContinuation())) {
            return;
        }
        if (!frame.isContinuation()) {
            text = frame.isText();
        }
        byte[] bytes = frame.binaryData().getBytes();
        if (bytes.length > 0) {
            receiver.received(Unpooled.wrappedBuffer(bytes));
        }
        if (frame.isFinal()) {
            receiver.messageEnded();
        }
    }

    private void drained() {
        if (stalled != null) {
            stalled.cancel(false);
            stalled = null;
        }
        receiver.drained();
    }

    private void tellClosed() {
        if (stalled != null) {
            stalled.cancel(false);
        }
        stopChecking();
        userTimeout.stop();
        if (!told) {
            told = true;
            receiver.closed(reason);
        }
    }

    @Override
    public void writeLines(List<String> lines) {
        userTimeout.written();
        lines.forEach(socket::writeTextMessage);
        watch();
    }

    @Override
    public void writeBytes(ByteBuf bytes) {
        while (bytes.isReadable()) {
            byte[] piece = new byte[Math.min(bytes.readableBytes(), MAX_FRAME_BYTES - 3)];
            bytes.readBytes(piece);
            if (text) {
                write(cut.next(piece));
            } else {
                writeRest();
                socket.writeBinaryMessage(Buffer.buffer(piece));
            }
        }
        bytes.release();
        watch();
    }

    private void write(Utf8Cut.Piece piece) {
        switch (piece) {
            case Utf8Cut.Piece.Text(String characters) when characters.isEmpty() -> {}
            case Utf8Cut.Piece.Text(String characters) -> socket.writeTextMessage(characters);
            case Utf8Cut.Piece.Binary(byte[] raw) -> socket.writeBinaryMessage(Buffer.buffer(raw));
        }
    }

    private void writeRest() {
        byte[] rest = cut.rest();
        if (rest.length > 0) {
            socket.writeBinaryMessage(Buffer.buffer(rest));
        }
    }

    @Override
    public boolean congested() {
        return socket.writeQueueFull();
    }

    @Override
    public void pause() {
        socket.pause();
    }

    @Override
    public void resume() {
        socket.resume();
    }

    @Override
    public void bridged(boolean now) {
        bridged = now;
        stopChecking();
        if (bridged) {
            // our own limit is to come first
            userTimeout.bridged(stallTimeout.plus(UserTimeout.CHECK));
            check = eventLoop.scheduleWithFixedDelay(
                    this::checkPeer,
                    UserTimeout.CHECK.toMillis(),
                    UserTimeout.CHECK.toMillis(),
                    TimeUnit.MILLISECONDS);
        } else {
            userTimeout.unbridged();
            writeRest();
        }
    }

    private void checkPeer() {
        if (userTimeout.isSilent()) {
            cutOff();
        }
    }

    private void stopChecking() {
        if (check != null) {
            check.cancel(false);
            check = null;
        }
    }

    /** A WebSocket closes as a whole. */
    @Override
    public void finish() {
        // what is to come is the close
    }

    @Override
    public void close() {
        writeRest();
        told = true;
        socket.close().onComplete(done -> receiver.closed(reason));
    }

    @Override
    public void cut() {
        close();
    }

    /** A client that has taken nothing until the queue is due to have drained is closed. */
    private void watch() {
        if (stalled == null && socket.writeQueueFull()) {
            long millis = (bridged ? stallTimeout : writeTimeout).toMillis();
            stalled = eventLoop.schedule(this::giveUp, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void giveUp() {
        stalled = null;
        reason = CloseReason.WRITE_TIMEOUT;
        cutOff();
    }

    /** A close frame would queue behind what the client does not take. */
    private void cutOff() {
        connection().close();
    }

    private ChannelHandlerContext connection() {
        return ((WebSocketInternal) socket).channelHandlerContext();
    }
}
