package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.util.function.LongSupplier;

/**
 * Writes the messages of bridges to a connection to another node. Those that come through the bus bear a ticket for
 * their bytes, and show where the bus sends by this connection, and what it puts before a message; after that bridges
 * send by themselves, in the very same form, each in its turn ({@link CargoQueue}). The other node is told that it may send
 * back by this connection; once it has said that it will, the bus's fields are left out. The connection's event loop, but
 * for what says otherwise.
 */
final class CargoLoader extends ChannelDuplexHandler {

    private final BridgeCargo cargo;
    private final LongSupplier nanos;

    private ChannelHandlerContext context;
    private CargoQueue queue;
    /** What is put before a message that goes past the bus, without the length; null: none of a bridge has passed yet. */
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
        CargoQueue.fit(context);
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
        queue = new CargoQueue(added, nanos);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        if (address != null) {
            cargo.disconnected(address, this);
        }
        queue.drop();
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
        boolean first = learn(frame);
        frame.setInt(frame.readerIndex(), frame.readableBytes() - Integer.BYTES + bytes.readableBytes());
        boolean isEmpty = !bytes.isReadable();
        if (isEmpty) {
            bytes.release();
        }
        queue.put(frame, isEmpty ? null : bytes, promise, credit);
        if (first && cargo.isOpenOn(loop())) {
            readBack();
        }
    }

    /** Only where bridges are: this Vert.x dials others than nodes, too. */
    private void learnPing(Object message) {
        if (head != null && message instanceof ByteBuf frame && BridgeFrame.isPing(frame)) {
            byte[] ping = ByteBufUtil.getBytes(frame);
            queue.pingBy(at -> at.alloc().directBuffer(ping.length).writeBytes(ping));
            queue.pingedByTheBus();
        }
    }

    /** Whether it is the first message of a bridge. */
    private boolean learn(ByteBuf frame) {
        boolean first = head == null;
        if (first) {
            int start = frame.readerIndex();
            int message = BridgeFrame.messageIn(frame, start);
            if (message < 0) {
                return false;
            }
            head = ByteBufUtil.getBytes(frame, start + Integer.BYTES, message - start - Integer.BYTES);
            address = BridgeFrame.addressIn(frame, start);
        }
        cargo.connected(address, this);
        return first;
    }

    private void readBack() {
        context.pipeline().addBefore(context.name(), null, CargoUnloader.ofTheWayBack(cargo, this::said));
        say(new NodeMessage.LinkReady(cargo.self()));
    }

    private void said(NodeMessage.OfLink word) {
        switch (word) {
            case NodeMessage.LinkReady r -> head = BridgeFrame.NO_FIELDS;
            case NodeMessage.LinkPing p -> {
                say(new NodeMessage.LinkPong());
                context.flush();
            }
            case NodeMessage.LinkPong nobodyAsked -> {}
        }
    }

    private void say(NodeMessage.OfLink word) {
        queue.put(CargoQueue.frame(context, head, word), null, context.newPromise(), true);
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
        queue.send(head, message);
        return true;
    }

    /** The bus of the other node answers each ping with a byte, and sends nothing else by this connection. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf pongs) || !queue.isAsked()) {
            context.fireChannelRead(message);
            return;
        }
        while (pongs.isReadable()) {
            ByteBuf pong = pongs.readRetainedSlice(1);
            if (queue.pong()) {
                context.fireChannelRead(pong);
            } else {
                pong.release();
            }
        }
        pongs.release();
        queue.go();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        queue.goAll();
        context.close(promise);
    }
}
