package io.bridgehead.broker.cluster;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;

/** Puts the bytes into frames that have a ticket for them. On a connection to another node; its event loop. */
final class CargoLoader extends ChannelOutboundHandlerAdapter {

    private final BridgeCargo cargo;

    CargoLoader(BridgeCargo cargo) {
        this.cargo = cargo;
    }

    /** Vert.x has built the pipeline by now, except for its own handler, which comes last: TLS must see the bytes. */
    @Override
    public void connect(ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
        context.connect(remote, local, promise);
        if (tls != null) {
            context.pipeline().remove(this);
            context.pipeline().addAfter(tls.name(), null, new CargoLoader(cargo));
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf frame) || !cargo.hasTicket(frame)) {
            context.write(message, promise);
            return;
        }
        ByteBuf bytes = cargo.load(frame);
        if (bytes == null) {
            frame.release();
            promise.tryFailure(new IllegalStateException("the bridge frame was given up before it was written"));
            return;
        }
        frame.writerIndex(frame.writerIndex() - BridgeCargo.TICKET_BYTES);
        frame.setInt(frame.readerIndex(), frame.readableBytes() - Integer.BYTES + bytes.readableBytes());
        context.write(frame);
        context.write(bytes, promise);
    }
}
