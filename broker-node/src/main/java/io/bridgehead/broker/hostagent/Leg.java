package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.listener.KeepAlive;
import io.bridgehead.broker.listener.Reset;
import io.bridgehead.broker.listener.SmallRead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ShutdownEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

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

    /** For peers that say nothing, or take nothing, at the end. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    /** After the last of our bytes the peer's own may run out; to close over them would take ours back. */
    private static final Duration LINGER = Duration.ofSeconds(1);

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
    private final Duration patience;
    private ChannelHandlerContext ctx;
    private Owner owner;
    private boolean inputEnded;
    private boolean closing;
    /** All of ours is out, and the peer knows. */
    private boolean lingering;

    private Leg(Channel channel, Duration patience, Owner owner) {
        this.channel = channel;
        this.patience = patience;
        this.owner = owner;
    }

    /**
     * Takes the socket over; on its event loop, before anything of it was read.
     *
     * @param patience so long a peer that takes nothing of what is queued when the connection ends is waited for
     */
    static Leg over(NetSocket socket, Duration patience, Owner owner) {
        ChannelHandlerContext vertx = ((NetSocketInternal) socket).channelHandlerContext();
        ChannelHandler vertxHandler = vertx.handler();
        Channel channel = vertx.channel();
        Leg leg = new Leg(channel, patience, owner);
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
            KeepAlive.probe(channel, KEEP_ALIVE_IDLE_SECONDS, KEEP_ALIVE_INTERVAL_SECONDS, KEEP_ALIVE_TRIES);
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
            owner.received(SmallRead.compact(bytes, channel.alloc()));
        } else {
            ReferenceCountUtil.release(message);
        }
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
        if (lingering) {
            closeNow();
        } else if (!inputEnded) {
            inputEnded = true;
            if (!closing) {
                owner.inputEnded();
            }
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

    /** Whether the peer has still to take something of what was written. */
    boolean hasQueued() {
        return queued() > 0;
    }

    private long queued() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    /** Calls back when all that was written has been taken; not when the connection ends before. */
    void whenTaken(Runnable task) {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                task.run();
            }
        });
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

    /** Closes once what is queued has been taken. Nothing more is read for the owner. */
    void close() {
        finish(this::linger);
    }

    /** The same, but by a reset: the peer cannot take what it got for all there was. */
    void cut() {
        finish(() -> {
            setAutoRead(true);
            Reset.whenDelivered(channel, patience);
        });
    }

    private void finish(Runnable last) {
        if (!closing) {
            closing = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> last.run());
            giveUpIfStillQueued(queued());
        }
    }

    private void giveUpIfStillQueued(long before) {
        after(patience, () -> {
            long now = queued();
            if (now > 0 && now == before) {
                closeNow();
            } else if (now > 0) {
                giveUpIfStillQueued(now);
            }
        });
    }

    private void linger() {
        if (inputEnded || !channel.isActive()) {
            closeNow();
            return;
        }
        lingering = true;
        shutdownOutput();
        setAutoRead(true);
        after(LINGER, this::closeNow);
    }

    private void after(Duration time, Runnable task) {
        var due = channel.eventLoop().schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(done -> due.cancel(false));
    }

    /** At once; over what is queued by a reset. */
    void closeNow() {
        Reset.close(ctx);
    }

    /** At once, by a reset. */
    void cutNow() {
        Reset.now(channel);
    }
}
