package io.bridgehead.broker.listener;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.internal.net.NetSocketInternal;

/**
 * A TCP connection through the door, TLS and PROXY header done.
 *
 * @param address the client's, behind a trusted proxy; without port
 */
public record AcceptedTcp(NetSocketInternal socket, String address, ListenerKey listener) {

    private static final int IDLE_SECONDS = 15;
    private static final int INTERVAL_SECONDS = 5;
    private static final int PROBES = 3;

    /**
     * For a connection that is idle for long and then needed at once: a peer that went without a word is noticed in 30 s,
     * where the kernel can be told; else as on every connection.
     */
    public void probeSoon() {
        Channel channel = socket.channelHandlerContext().channel();
        if (channel instanceof EpollSocketChannel) {
            channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
            channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS);
            channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
        }
    }
}
