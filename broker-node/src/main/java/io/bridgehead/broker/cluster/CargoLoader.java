package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * Writes the messages of bridges to a connection to another node. Those that come through the bus bear a ticket for
 * their bytes, and show where the bus sends by this connection, and what it puts before a message; after that bridges
 * send by themselves, in the very same form. What is too much to be on its way at once ({@link Transit}) waits here, in
 * its order; all other messages, and credit, go before it. The connection's event loop, but for what says otherwise.
 */
final class CargoLoader extends ChannelDuplexHandler {

    /** The bus itself knows no bound, and would keep what it has behind what bridges write: it keeps nothing back. */
    private static final WriteBufferWaterMark ALWAYS_WRITABLE =
            new WriteBufferWaterMark(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);

    /** @param bytes of a bridge, when they are not in the frame; null: they are, or there are none */
    private record Load(ByteBuf frame, ByteBuf bytes, ChannelPromise promise) {

        int length() {
            return frame.readableBytes() + (bytes == null ? 0 : bytes.readableBytes());
        }

        void release() {
            frame.release();
            if (bytes != null) {
                bytes.release();
            }
            promise.tryFailure(new ClosedChannelException());
        }
    }

    private final BridgeCargo cargo;
    private final LongSupplier nanos;
    private final Transit transit = new Transit();
    private final Queue<Load> waiting = new ArrayDeque<>();

    private ChannelHandlerContext context;
    /** One of the bus's own; null: none has passed yet, and nothing tells what has arrived. */
    private byte[] ping;
    /** The bus's own fields, without the length; null: no message of a bridge has passed yet. */
    private byte[] head;
    private String address;

    CargoLoader(BridgeCargo cargo) {
        this(cargo, System::nanoTime);
    }

    /** @param nanos the time, as {@link System#nanoTime} */
    CargoLoader(BridgeCargo cargo, LongSupplier nanos) {
        this.cargo = cargo;
        this.nanos = nanos;
    }

    /** Vert.x has built the pipeline by now, except for its own handler, which comes last: TLS must see the bytes. */
    @Override
    public void connect(ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        context.channel().config().setWriteBufferWaterMark(ALWAYS_WRITABLE);
        ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
        context.connect(remote, local, promise);
        if (tls != null) {
            context.pipeline().remove(this);
            context.pipeline().addAfter(tls.name(), null, new CargoLoader(cargo, nanos));
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
        waiting.forEach(Load::release);
        waiting.clear();
    }

    // ---- through the bus

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf frame) || !cargo.hasTicket(frame)) {
            learnPing(message);
            context.write(message, promise);
            return;
        }
        boolean credit = cargo.isCredit(frame);
        ByteBuf bytes = cargo.load(frame);
        if (bytes == null) {
            frame.release();
            promise.tryFailure(new IllegalStateException("the bridge frame was given up before it was written"));
            return;
        }
        frame.writerIndex(frame.writerIndex() - BridgeCargo.TICKET_BYTES);
        learn(frame);
        frame.setInt(frame.readerIndex(), frame.readableBytes() - Integer.BYTES + bytes.readableBytes());
        boolean isEmpty = !bytes.isReadable();
        if (isEmpty) {
            bytes.release();
        }
        put(new Load(frame, isEmpty ? null : bytes, promise), credit);
    }

    /** Only where bridges are: this Vert.x dials others than nodes, too. */
    private void learnPing(Object message) {
        if (head != null && message instanceof ByteBuf frame && BridgeFrame.isPing(frame)) {
            ping = ByteBufUtil.getBytes(frame);
            transit.ping(true, nanos.getAsLong());
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
                Integer.BYTES + head.length + NodeMessageCodec.maxFields(message) + (apart ? 0 : length));
        frame.writeInt(0).writeBytes(head);
        if (apart) {
            NodeMessageCodec.write(((NodeMessage.BridgeBytes) message).with(Unpooled.EMPTY_BUFFER), frame);
        } else {
            NodeMessageCodec.write(message, frame);
            bytes.release();
        }
        frame.setInt(0, frame.readableBytes() - Integer.BYTES + (apart ? length : 0));
        // whether it got there, its number tells
        put(new Load(frame, apart ? bytes : null, context.newPromise()), message instanceof NodeMessage.BridgeCredit);
        context.flush();
        return true;
    }

    // ---- in turn

    /** Writes it, or lets it wait for its turn. {@code urgent}: it may go before others, and does. */
    private void put(Load load, boolean urgent) {
        if (urgent || waiting.isEmpty() && mayGo()) {
            write(load);
        } else {
            waiting.add(load);
        }
    }

    private boolean mayGo() {
        return ping == null || transit.hasRoom();
    }

    private void write(Load load) {
        transit.sent(load.length());
        if (load.bytes() == null) {
            context.write(load.frame(), load.promise());
        } else {
            context.write(load.frame());
            context.write(load.bytes(), load.promise());
        }
        pingIfDue();
    }

    private void pingIfDue() {
        if (ping != null && transit.pingIsDue()) {
            transit.ping(false, nanos.getAsLong());
            context.write(context.alloc().directBuffer(ping.length).writeBytes(ping));
        }
    }

    /** The other node answers each ping with a byte, and sends nothing else by this connection. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf pongs) || !transit.isAsked()) {
            context.fireChannelRead(message);
            return;
        }
        while (pongs.isReadable()) {
            ByteBuf pong = pongs.readRetainedSlice(1);
            if (transit.pong(nanos.getAsLong())) {
                context.fireChannelRead(pong);
            } else {
                pong.release();
            }
        }
        pongs.release();
        while (!waiting.isEmpty() && mayGo()) {
            write(waiting.poll());
        }
        // less may be on the way than before: who waits then, waits for an answer that must be still to come
        pingIfDue();
        context.flush();
    }

    /** What waits still goes out, as it would have if nothing waited here. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        while (!waiting.isEmpty()) {
            write(waiting.poll());
        }
        context.flush();
        context.close(promise);
    }
}
