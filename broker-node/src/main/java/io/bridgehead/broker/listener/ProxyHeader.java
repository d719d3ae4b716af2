package io.bridgehead.broker.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Takes who the client is from a PROXY header (v1 or v2), then goes out of the way. A proxy's own health check
 * ({@code LOCAL}, {@code UNKNOWN}) is its own client. Anything but TCP over IPv4 and IPv6 is refused.
 */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {

    private final Admission admission;
    private final Runnable then;

    /** @param then runs before the bytes behind the header are read */
    ProxyHeader(Admission admission, Runnable then) {
        this.admission = admission;
        this.then = then;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) throws UnknownHostException {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        switch (protocol) {
            case UNKNOWN -> proceed(ctx);
            case TCP4, TCP6 -> {
                byte[] address = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
                admission.clientIs(InetAddress.getByAddress(address));
                ctx.channel().attr(ConnectionBase.REMOTE_ADDRESS_OVERRIDE)
                        .set(SocketAddress.inetSocketAddress(header.sourcePort(), header.sourceAddress()));
                proceed(ctx);
            }
            case UDP4, UDP6, UNIX_STREAM, UNIX_DGRAM -> admission.refuse(ConnectionResult.PROXY_MALFORMED);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        admission.refuse(ConnectionResult.PROXY_MALFORMED);
    }

    private void proceed(ChannelHandlerContext ctx) {
        ctx.pipeline().remove(this);
        then.run();
    }
}
