package io.bridgehead.broker.listener;

import io.netty.channel.ChannelException;
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
        try {
            KeepAlive.probe(socket.channelHandlerContext().channel(), IDLE_SECONDS, INTERVAL_SECONDS, PROBES);
        } catch (ChannelException reset) {
            // by the client, in this moment: its end is on the way
        }
    }
}
