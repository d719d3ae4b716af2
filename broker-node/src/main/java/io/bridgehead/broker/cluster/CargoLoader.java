package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;

/**
 * Writes the messages of bridges to a connection to another node. Those that come through the bus bear a ticket for
 * their bytes, and show where the bus sends by this connection, and what it puts before a message; after that bridges
 * send by themselves, in the very same form. The connection's event loop, but for what says otherwise.
 */
final class CargoLoader extends ChannelOutboundHandlerAdapter {

    /** The bus itself knows no bound, and would keep what it has behind what bridges write: it keeps nothing back. */
    private static final WriteBufferWaterMark ALWAYS_WRITABLE =
            new WriteBufferWaterMark(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);

    private final BridgeCargo cargo;

    private ChannelHandlerContext context;
    /** The bus's own fields, without the length; null: no message of a bridge has passed yet. */
    private byte[] head;
    private String address;

    CargoLoader(BridgeCargo cargo) {
        this.cargo = cargo;
    }

    /** Vert.x has built the pipeline by now, except for its own handler, which comes last: TLS must see the bytes. */
    @Override
    public void connect(ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        context.channel().config().setWriteBufferWaterMark(ALWAYS_WRITABLE);
        ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
        context.connect(remote, local, promise);
        if (tls != null) {
            context.pipeline().remove(this);
            context.pipeline().addAfter(tls.name(), null, new CargoLoader(cargo));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        if (address != null) {
            cargo.disconnected(address, this);
        }
    }

    // ---- through the bus

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
        learn(frame);
        frame.setInt(frame.readerIndex(), frame.readableBytes() - Integer.BYTES + bytes.readableBytes());
        if (bytes.isReadable()) {
            context.write(frame);
            context.write(bytes, promise);
        } else {
            bytes.release();
            context.write(frame, promise);
        }
    }

    private void learn(ByteBuf frame) {
        if (head == null) {
            int start = frame.readerIndex();
            int message = BridgeFrame.messageIn(frame, start);
            if (message < 0) {
                return;
            }
            head = ByteBufUtil.getBytes(frame, start + Integer.BYTES, message - start - Integer.BYTES);
            address = BridgeFrame.addressIn(frame, start);
        }
        cargo.connected(address, this);
    }

    // ---- past the bus

    /** Where {@link #send} is possible. Any thread. */
    EventLoop loop() {
        return context.channel().eventLoop();
    }

    /**
     * Writes a message of a bridge and takes over its bytes; false: this is not the thread for it, or the connection has
     * ended. Any thread.
     */
    boolean send(NodeMessage.OfBridge message) {
        if (!context.executor().inEventLoop() || !context.channel().isActive()) {
            return false;
        }
        ByteBuf bytes = message instanceof NodeMessage.BridgeBytes frame ? frame.bytes() : Unpooled.EMPTY_BUFFER;
        int length = bytes.readableBytes();
        boolean apart = length >= BridgeCargo.MIN_BYTES;
        ByteBuf frame = context.alloc().directBuffer(
                Integer.BYTES + head.length + NodeMessageCodec.MAX_BRIDGE_FIELDS + (apart ? 0 : length));
        frame.writeInt(0).writeBytes(head);
        if (apart) {
            NodeMessageCodec.write(((NodeMessage.BridgeBytes) message).with(Unpooled.EMPTY_BUFFER), frame);
            frame.setInt(0, frame.readableBytes() - Integer.BYTES + length);
            // whether it got there, its number tells
            context.write(frame);
            context.write(bytes);
        } else {
            NodeMessageCodec.write(message, frame);
            bytes.release();
            frame.setInt(0, frame.readableBytes() - Integer.BYTES);
            context.write(frame);
        }
        context.flush();
        return true;
    }
}
