package io.bridgehead.broker.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends a TCP connection whose peer must not take what it got for all there was: by a reset, not by an end of stream, also
 * under TLS. On the connection's event loop; on a connection that is closed nothing of it does anything.
 */
public final class Reset {

    /** Where the kernel cannot be asked. */
    private static final Duration UNKNOWN = Duration.ofSeconds(1);

    private static final long LOOK_MILLIS = 100;

    private Reset() {}

    /** Closes at once; over bytes that are still queued by a reset, for an end of stream would say that nothing is missing. */
    public static void close(ChannelHandlerContext handler) {
        ChannelOutboundBuffer queue = handler.channel().unsafe().outboundBuffer();
        if (queue == null || queue.isEmpty()) {
            handler.close();
        } else {
            now(handler.channel());
        }
    }

    /** At once: what the kernel has not delivered yet is taken back. */
    public static void now(Channel connection) {
        mark(connection);
        // from the far end of the pipeline: TLS would say that this is the end
        ChannelHandlerContext first = connection.pipeline().firstContext();
        if (first != null) {
            first.close();
        }
    }

    /** When the peer has acknowledged what was written, all of which the kernel has; at the latest after {@code limit}. */
    public static void whenDelivered(Channel connection, Duration limit) {
        // so that it is one even if this process ends before
        mark(connection);
        boolean known = connection instanceof EpollSocketChannel;
        Duration most = known || limit.compareTo(UNKNOWN) < 0 ? limit : UNKNOWN;
        look(connection, System.nanoTime() + most.toNanos(), System.nanoTime());
    }

    private static void mark(Channel connection) {
        try {
            connection.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException gone) {
            // closed, or reset by the peer
        }
    }

    private static void look(Channel connection, long endNanos, long quietSinceNanos) {
        if (!connection.isActive()) {
            return;
        }
        long nowNanos = System.nanoTime();
        EpollTcpInfo kernel = connection instanceof EpollSocketChannel epoll ? epoll.tcpInfo() : null;
        long quietSince = kernel != null && isQuiet(kernel) ? quietSinceNanos : nowNanos;
        boolean delivered = kernel != null && nowNanos - quietSince >= longEnoughNanos(kernel);
        if (delivered || nowNanos - endNanos >= 0) {
            now(connection);
        } else {
            connection.eventLoop()
                    .schedule(() -> look(connection, endNanos, quietSince), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static boolean isQuiet(EpollTcpInfo kernel) {
        // an answered probe of a closed window is no longer counted among the probes, but the next one comes later
        return kernel.unacked() == 0 && kernel.backoff() == 0;
    }

    /** A window that has just closed is probed for the first time when a retransmission would be due. */
    private static long longEnoughNanos(EpollTcpInfo kernel) {
        return 2 * TimeUnit.MICROSECONDS.toNanos(kernel.rto());
    }
}
