package io.bridgehead.broker.listener;

import io.bridgehead.broker.session.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.impl.ShutdownEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection. Stands in front of the server's own handler, so that a bridge's bytes go from one socket's read
 * buffer to the other socket uncopied.
 *
 * <p>Peers that went without a word are {@link UserTimeout}'s; a reader in a bridge may stall for {@code stallTimeout}.
 */
final class TcpTransport extends ChannelInboundHandlerAdapter implements Transport {

    /** The write queue counts as full above the first figure and as drained below the second, in bytes. */
    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    /** Bytes that one read may take. The more a client sends, the larger its reads get, and the fewer calls they need. */
    private static final int MAX_READ = 128 * 1024;

    private static final int FIRST_READ = 2048;

    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final Duration SHORTEST_CHECK = Duration.ofMillis(50);

    private final Channel channel;
    /** Vert.x's own, until the start; it holds a write queue of 5 KB, so it is let go then. */
    private ChannelHandler vertxHandler;
    private final Duration writeTimeout;
    private final Duration stallTimeout;
    private final UserTimeout userTimeout;
    private final long checkMillis;

    private volatile EventLoop home;
    private ChannelHandlerContext ctx;
    private Receiver receiver;
    private boolean bridged;
    private boolean outputEnded;
    private boolean told;
    private boolean lingering;
    private CloseReason reason = CloseReason.PEER_GONE;
    private ScheduledFuture<?> check;
    private Object lastWritten;
    private long lastProgress;
    private long stalledSinceNanos;

    TcpTransport(NetSocketInternal socket, Duration writeTimeout, Duration stallTimeout, Duration tcpUserTimeout) {
        this.channel = socket.channelHandlerContext().channel();
        this.vertxHandler = socket.channelHandlerContext().handler();
        this.home = channel.eventLoop();
        this.writeTimeout = writeTimeout;
        this.stallTimeout = stallTimeout;
        this.userTimeout = new UserTimeout(channel, tcpUserTimeout);
        long quarter = Math.min(writeTimeout.toMillis(), stallTimeout.toMillis()) / 4;
        this.checkMillis = Math.max(SHORTEST_CHECK.toMillis(), Math.min(UserTimeout.CHECK.toMillis(), quarter));
    }

    @Override
    public EventLoop eventLoop() {
        return home;
    }

    @Override
    public void moveTo(EventLoop target, Runnable moved) {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        boolean stays = target == home || queue == null || !queue.isEmpty();
        if (stays) {
            moved.run();
            return;
        }
        boolean watched = check != null;
        stopWatching();
        userTimeout.stop();
        channel.deregister().addListener(left -> target.register(channel).addListener(arrived -> {
            home = target;
            moved.run();
            if (!arrived.isSuccess()) {
                // closed on the way
                tellClosed();
                return;
            }
            userTimeout.written();
            if (watched) {
                watch();
            }
        }));
    }

    private void tellClosed() {
        if (!told) {
            told = true;
            receiver.closed(reason);
        }
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        channel.config().setWriteBufferWaterMark(WRITE_MARKS);
        channel.config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(64, FIRST_READ, MAX_READ));
        channel.pipeline().addLast("session", this);
        // from here on the connection is ours alone: it may move to another event loop, which Vert.x's handler may not
        channel.pipeline().remove(vertxHandler);
        vertxHandler = null;
        // a client that shuts its output down behind its last command still gets the answer
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        userTimeout.written();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
    }

    // ---- from the client

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes && !told) {
            receiver.received(SmallRead.compact(bytes, channel.alloc()));
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            // the server closes
            case ShutdownEvent s -> channel.close();
            case ChannelInputShutdownEvent i when !told -> receiver.inputEnded();
            case ChannelInputShutdownEvent i when lingering -> closeNow();
            default -> context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            receiver.drained();
        } else {
            watch();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopWatching();
        userTimeout.stop();
        tellClosed();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        closeNow();
    }

    // ---- to the client

    @Override
    public void writeLines(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        userTimeout.written();
        // no void promise: the first line is written while the pipeline is built, where a failure would be logged
        ctx.writeAndFlush(ByteBufUtil.writeUtf8(channel.alloc(), text));
    }

    @Override
    public void writeBytes(ByteBuf bytes) {
        ctx.writeAndFlush(bytes, ctx.voidPromise());
    }

    @Override
    public boolean congested() {
        // a channel whose output has ended is never writable again, and has nothing queued
        return !outputEnded && !channel.isWritable();
    }

    @Override
    public void pause() {
        setAutoRead(false);
    }

    @Override
    public void resume() {
        setAutoRead(true);
    }

    /** Not after the client's end of stream: there epoll is asked for nothing any more, and closes if it is. */
    private void setAutoRead(boolean now) {
        if (channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
            channel.config().setAutoRead(now);
        }
    }

    @Override
    public void bridged(boolean now) {
        bridged = now;
        if (bridged) {
            // our own limit is to come first
            userTimeout.bridged(stallTimeout.plusMillis(2 * checkMillis));
            watch();
        } else {
            userTimeout.unbridged();
        }
    }

    @Override
    public void finish() {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (tls != null) {
                tls.closeOutbound().addListener(told -> shutdownOutput());
            } else {
                shutdownOutput();
            }
        });
        watch();
    }

    private void shutdownOutput() {
        if (channel instanceof DuplexChannel duplex && channel.isActive() && !duplex.isOutputShutdown()) {
            duplex.shutdownOutput();
            outputEnded = true;
        }
    }

    @Override
    public void close() {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> linger());
        watch();
    }

    @Override
    public void cut() {
        Duration limit = bridged ? stallTimeout : writeTimeout;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel.isActive()) {
                told = true;
                receiver.closed(reason);
                setAutoRead(true);
                Reset.whenDelivered(channel, limit);
            }
        });
        watch();
    }

    /**
     * Says that nothing more comes, and lets the client's own bytes run out, for a moment at most: to close over unread
     * bytes resets the connection, and the client may then never see our last line.
     */
    private void linger() {
        boolean tls = channel.pipeline().get(SslHandler.class) != null;
        if (tls || !(channel instanceof DuplexChannel duplex) || !channel.isActive() || duplex.isInputShutdown()) {
            closeNow();
            return;
        }
        told = true;
        lingering = true;
        receiver.closed(reason);
        duplex.shutdownOutput();
        setAutoRead(true);
        channel.eventLoop().schedule(() -> closeNow(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Not through the channel: Vert.x's handler would wait until the peer has taken what is queued. */
    private void closeNow() {
        Reset.close(ctx);
    }

    // ---- peers that take nothing

    private void watch() {
        if (check == null && channel.isActive()) {
            stalledSinceNanos = System.nanoTime();
            check = home
                    .scheduleWithFixedDelay(this::checkPeer, checkMillis, checkMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void stopWatching() {
        if (check != null) {
            check.cancel(false);
            check = null;
        }
    }

    private void checkPeer() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue == null) {
            stopWatching();
            return;
        }
        Object writing = queue.current();
        long progress = queue.currentProgress();
        if (writing == null || writing != lastWritten || progress != lastProgress) {
            lastWritten = writing;
            lastProgress = progress;
            stalledSinceNanos = System.nanoTime();
        }
        long stalledNanos = System.nanoTime() - stalledSinceNanos;
        boolean overdue = stalledNanos > (bridged ? stallTimeout : writeTimeout).toNanos();
        if (overdue || (bridged && userTimeout.isSilent())) {
            reason = overdue ? CloseReason.WRITE_TIMEOUT : CloseReason.PEER_GONE;
            closeNow();
        } else if (!bridged && writing == null) {
            lastWritten = null;
            stopWatching();
        }
    }
}
