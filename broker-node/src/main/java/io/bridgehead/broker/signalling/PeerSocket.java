package io.bridgehead.broker.signalling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer's WebSocket after its upgrade. Stands in place of the server's own handler, which would keep the whole request
 * for as long as the peer is here, and could not move to another event loop. Its event loop only; when it is closed it
 * takes everything and does nothing.
 */
final class PeerSocket extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(PeerSocket.class);

    /** What a closing hand-shake may take. */
    private static final long CLOSE_MILLIS = 5_000;

    /** A close frame without a code says this, which is sent by nobody (RFC 6455 §7.1.5). */
    private static final int NO_CODE = 1005;

    /** The connection broke without a close frame. */
    private static final int BROKEN = 1006;

    private static final int GOING_AWAY = 1001;

    /** A frame that is a whole text message, RFC 6455 §5.2; then its length in one, three or nine bytes. */
    private static final int WHOLE_TEXT = 0x81;

    private static final int LONGEST_SHORT = 125;

    private static final int LONGEST_HEADER = 10;

    /** Whom to tell of what comes in. */
    interface Owner {

        /** A text, binary or continuation frame; its bytes are gone afterwards. */
        void frame(WebSocketFrame frame);

        /** A sign of life. */
        void pong();

        /** The peer makes us answer and does not read the answers. */
        void tooSlow();

        /** Once, last: the peer's close code, 1005 if it gave none, 1006 if there was no close frame. */
        void closed(int code);
    }

    private final Channel channel;
    private ChannelHandlerContext context;
    /** Behind which messages leave: they are frames already. */
    private ChannelHandlerContext encoder;
    private Owner owner;
    private boolean closing;
    private boolean moving;
    private boolean told;
    private boolean flushing;
    private int peersCode = BROKEN;
    private ScheduledFuture<?> late;

    /** For {@link #take}, and for tests. */
    PeerSocket(Channel channel) {
        this.channel = channel;
    }

    /**
     * Takes the connection from the server; nothing is read until the start.
     *
     * @param maxQueuedBytes what may wait to be written before the peer counts as too slow
     */
    static PeerSocket take(ServerWebSocket socket, int maxQueuedBytes) {
        ChannelHandlerContext server = ((WebSocketInternal) socket).channelHandlerContext();
        PeerSocket taken = new PeerSocket(server.channel());
        taken.channel.config().setAutoRead(false);
        taken.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(maxQueuedBytes / 2, maxQueuedBytes));
        server.pipeline().replace(server.handler(), "peer", taken);
        return taken;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        ChannelHandlerContext before = added.pipeline().context(WebSocketFrameEncoder.class);
        encoder = before == null ? added : before;
    }

    /** Moves to another event loop, unless something of the upgrade still waits to be written; calls back on its loop. */
    void moveTo(EventLoop target, Runnable moved) {
        if (target == channel.eventLoop() || channel.unsafe().outboundBuffer() == null
                || !channel.unsafe().outboundBuffer().isEmpty()) {
            moved.run();
            return;
        }
        moving = true;
        channel.deregister().addListener(left -> target.register(channel).addListener(arrived -> {
            moving = false;
            moved.run();
        }));
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    /** From here on the owner is told; it reads when it wants to. */
    void start(Owner whom) {
        owner = whom;
        if (!channel.isActive()) {
            tellClosed();
        }
    }

    // ---- from the peer

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof WebSocketFrame frame && owner != null && !told) {
                read(frame);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame close) {
            readClose(close);
        } else if (frame instanceof PongWebSocketFrame) {
            owner.pong();
        } else if (frame instanceof PingWebSocketFrame) {
            write(new PongWebSocketFrame(frame.content().retain()));
            if (isTooSlow()) {
                owner.tooSlow();
            }
        } else if (!closing) {
            owner.frame(frame);
        }
    }

    /** The peer's answer to our close frame, or its own, which is answered. */
    private void readClose(CloseWebSocketFrame close) {
        if (peersCode == BROKEN) {
            peersCode = close.statusCode() < 0 ? NO_CODE : close.statusCode();
        }
        if (closing) {
            channel.close();
            return;
        }
        closing = true;
        cutLater();
        channel.writeAndFlush(peersCode == NO_CODE
                        ? new CloseWebSocketFrame()
                        : new CloseWebSocketFrame(true, 0, close.content().retain()))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!moving) {
            tellClosed();
        }
        context.fireChannelInactive();
    }

    private void tellClosed() {
        if (late != null) {
            late.cancel(false);
        }
        if (owner != null && !told) {
            told = true;
            owner.closed(peersCode);
        }
    }

    /** A frame that is none: the decoder has said so to the peer, and closes. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("{}: {}", channel, cause.getMessage());
        closing = true;
        cutLater();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ShutdownEvent) {
            // the server closes
            if (!closing) {
                closing = true;
                cutLater();
                channel.writeAndFlush(new CloseWebSocketFrame(GOING_AWAY, "")).addListener(ChannelFutureListener.CLOSE);
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    // ---- to the peer

    /**
     * As a text message, with all others that this turn of the event loop has for the peer: candidates come in bursts. The
     * server's encoder would copy it once more.
     */
    void write(byte[] utf8) {
        if (closing) {
            return;
        }
        int length = utf8.length;
        ByteBuf frame = context.alloc().directBuffer(LONGEST_HEADER + length);
        frame.writeByte(WHOLE_TEXT);
        if (length <= LONGEST_SHORT) {
            frame.writeByte(length);
        } else if (length <= 0xFFFF) {
            frame.writeByte(LONGEST_SHORT + 1).writeShort(length);
        } else {
            frame.writeByte(LONGEST_SHORT + 2).writeLong(length);
        }
        frame.writeBytes(utf8);
        encoder.write(frame, encoder.voidPromise());
        if (!flushing) {
            flushing = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushing = false;
        context.flush();
    }

    void ping() {
        write(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }

    private void write(WebSocketFrame frame) {
        if (closing) {
            frame.release();
        } else {
            channel.writeAndFlush(frame, channel.voidPromise());
        }
    }

    /** Whether more waits for the peer than may, though it could have taken all of it. */
    boolean isTooSlow() {
        if (flushing && !channel.isWritable()) {
            context.flush();
        }
        return !closing && channel.isActive() && !channel.isWritable();
    }

    void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    void close(SignallingClose close) {
        if (close == SignallingClose.TOO_SLOW || close == SignallingClose.PONG_TIMEOUT) {
            // a close frame would queue behind what the peer does not take
            closing = true;
            channel.close();
            return;
        }
        // the peer's close frame must be read
        reading(true);
        if (!closing) {
            closing = true;
            cutLater();
            channel.writeAndFlush(new CloseWebSocketFrame(close.code(), close.words()));
        }
    }

    private void cutLater() {
        if (late == null) {
            late = channel.eventLoop().schedule(() -> channel.close(), CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
