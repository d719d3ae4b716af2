package io.bridgehead.broker.hostagent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ShutdownEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * One TCP connection of an agent, to a relay or to a target, from the moment it is open: bytes come and go uncopied, and
 * each direction can end by itself. Its event loop only.
 */
final class Leg extends ChannelInboundHandlerAdapter {

    /** What is queued counts as full above the second figure and as drained below the first, in bytes. */
    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    /** Bytes that one read may take; reads grow with what comes. */
    private static final int MAX_READ = 128 * 1024;

    private static final int FIRST_READ = 2048;

    /** After the last of our bytes the peer's own may run out; to close over them would take ours back. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** What is queued when a connection ends has so long to be taken. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(60);

    /** A waiting connection is silent for days: so a dead one is noticed, and no NAT forgets it. */
    private static final int KEEP_ALIVE_IDLE_SECONDS = 30;

    private static final int KEEP_ALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEP_ALIVE_TRIES = 3;

    /** Who has the connection. Called on its event loop; nothing after {@link #closed}. */
    interface Owner {

        /** Bytes came; the reference is the owner's. */
        void received(ByteBuf bytes);

        /** The peer sends nothing more. */
        void inputEnded();

        /** What was queued has gone, after {@link Leg#congested}. */
        void drained();

        /** It is closed, by whomever. */
        void closed();
    }

    private final Channel channel;
    private ChannelHandlerContext ctx;
    private Owner owner;
    private boolean inputEnded;
    private boolean closing;

    private Leg(Channel channel, Owner owner) {
        this.channel = channel;
        this.owner = owner;
    }

    /** Takes the socket over; on its event loop, before anything of it was read. */
    static Leg over(NetSocket socket, Owner owner) {
        ChannelHandlerContext vertx = ((NetSocketInternal) socket).channelHandlerContext();
        ChannelHandler vertxHandler = vertx.handler();
        Channel channel = vertx.channel();
        Leg leg = new Leg(channel, owner);
        channel.config().setWriteBufferWaterMark(WRITE_MARKS);
        channel.config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(64, FIRST_READ, MAX_READ));
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast("leg", leg);
        // it would keep 5 KB for each connection, and copy each read
        channel.pipeline().remove(vertxHandler);
        if (channel.isActive()) {
            leg.keepAlive();
        } else {
            channel.eventLoop().execute(leg::tellClosed);
        }
        return leg;
    }

    /** Has the system ask a silent peer whether it is there. */
    private void keepAlive() {
        try {
            channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            channel.config().setOption(
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEP_ALIVE_IDLE_SECONDS);
            channel.config().setOption(
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), KEEP_ALIVE_INTERVAL_SECONDS);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEP_ALIVE_TRIES);
        } catch (ChannelException reset) {
            // by the peer, in this moment: only on the way out is it told
            channel.eventLoop().execute(this::closeNow);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
    }

    // ---- from the peer

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes && !closing) {
            owner.received(compact(bytes));
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /** A small read kept in the large buffer it came in would cost many times what it counts. */
    private ByteBuf compact(ByteBuf bytes) {
        if (bytes.readableBytes() >= bytes.capacity() / 2) {
            return bytes;
        }
        ByteBuf fitting = channel.alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return fitting;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case ShutdownEvent s -> closeNow();
            case ChannelInputShutdownEvent i -> inputEnded();
            // TLS says so by itself, and need not end the connection below
            case SslCloseCompletionEvent end when end.isSuccess() -> inputEnded();
            default -> context.fireUserEventTriggered(event);
        }
    }

    private void inputEnded() {
        if (closing) {
            closeNow();
        } else if (!inputEnded) {
            inputEnded = true;
            owner.inputEnded();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && !closing) {
            owner.drained();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        tellClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        closeNow();
    }

    private void tellClosed() {
        Owner told = owner;
        owner = null;
        closing = true;
        if (told != null) {
            told.closed();
        }
    }

    // ---- to the peer

    /** Sends; the reference is the leg's from here on. */
    void write(ByteBuf bytes) {
        if (closing) {
            bytes.release();
        } else {
            ctx.writeAndFlush(bytes, ctx.voidPromise());
        }
    }

    boolean congested() {
        return !closing && !channel.isWritable();
    }

    void pause() {
        setAutoRead(false);
    }

    void resume() {
        setAutoRead(true);
    }

    /** Not after the peer's end of stream: there epoll is asked for nothing any more, and closes if it is. */
    private void setAutoRead(boolean now) {
        if (channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
            channel.config().setAutoRead(now);
        }
    }

    /** Nothing more is sent, once what is queued has been; what comes still comes. */
    void endOutput() {
        if (!closing) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> shutdownOutput());
        }
    }

    private void shutdownOutput() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound().addListener(told -> shutdownSocket());
        } else {
            shutdownSocket();
        }
    }

    private void shutdownSocket() {
        if (channel instanceof DuplexChannel duplex && duplex.isActive() && !duplex.isOutputShutdown()) {
            duplex.shutdownOutput();
        }
    }

    /** Closes once what is queued has been taken, within a minute. Nothing more is read for the owner. */
    void close() {
        if (closing) {
            return;
        }
        closing = true;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> linger());
        closeAfter(LAST_BYTES);
    }

    private void linger() {
        if (inputEnded || !channel.isActive()) {
            closeNow();
            return;
        }
        shutdownOutput();
        setAutoRead(true);
        closeAfter(LINGER);
    }

    private void closeAfter(Duration time) {
        var closed = channel.eventLoop().schedule(this::closeNow, time.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(done -> closed.cancel(false));
    }

    /** At once, whatever is queued. */
    void closeNow() {
        ctx.close();
    }
}
