package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Messages of bridges on their way into one connection of the bus. What is too much to be on its way at once
 * ({@link Transit}) waits here, in its order; all other messages, and credit, go before it. The connection's event loop.
 */
final class CargoQueue {

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

    private final ChannelHandlerContext context;
    private final LongSupplier nanos;
    private final Transit transit = new Transit();
    private final Queue<Load> waiting = new ArrayDeque<>();
    /** Makes one; null: nothing can tell what has arrived, and nothing waits. */
    private Function<ChannelHandlerContext, ByteBuf> ping;
    private boolean closed;

    /** @param nanos the time, as {@link System#nanoTime} */
    CargoQueue(ChannelHandlerContext context, LongSupplier nanos) {
        this.context = context;
        this.nanos = nanos;
    }

    /** Before anything of a bridge is written. */
    static void fit(ChannelHandlerContext context) {
        context.channel().config().setWriteBufferWaterMark(ALWAYS_WRITABLE);
    }

    /** From here on the other node is asked what has arrived. */
    void pingBy(Function<ChannelHandlerContext, ByteBuf> making) {
        ping = making;
    }

    /** The bus's own ping goes: its answer is one of those that are awaited. */
    void pingedByTheBus() {
        transit.ping(true, nanos.getAsLong());
    }

    /** The frame of a word about the connection; it begins with {@code head}, behind the length. */
    static ByteBuf frame(ChannelHandlerContext at, byte[] head, NodeMessage.OfLink word) {
        ByteBuf frame = at.alloc().directBuffer().writeInt(0).writeBytes(head);
        NodeMessageCodec.write(word, frame);
        return frame.setInt(0, frame.readableBytes() - Integer.BYTES);
    }

    /** Sends a message whose frame begins with {@code head}, behind the length; takes over its bytes. */
    void send(byte[] head, NodeMessage.OfBridge message) {
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
        put(frame, apart ? bytes : null, context.newPromise(), message instanceof NodeMessage.BridgeCredit);
        context.flush();
    }

    /**
     * Writes a frame, or lets it wait for its turn.
     *
     * @param bytes of a bridge, when they are not in the frame; else null
     * @param urgent it may go before others, and does
     */
    void put(ByteBuf frame, ByteBuf bytes, ChannelPromise promise, boolean urgent) {
        Load load = new Load(frame, bytes, promise);
        if (closed) {
            load.release();
        } else if (urgent || waiting.isEmpty() && mayGo()) {
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
            context.write(ping.apply(context));
        }
    }

    /** Whether the answer to a ping is awaited. */
    boolean isAsked() {
        return transit.isAsked();
    }

    /** An answer has come; whether it is the bus that waits for it. {@link #go} follows. */
    boolean pong() {
        return transit.pong(nanos.getAsLong());
    }

    /** Writes what may go now. */
    void go() {
        while (!waiting.isEmpty() && mayGo()) {
            write(waiting.poll());
        }
        // less may be on the way than before: who waits then, waits for an answer that must be still to come
        pingIfDue();
        context.flush();
    }

    /** The connection is closed: what waits still goes out, as it would have if nothing waited here. */
    void goAll() {
        while (!waiting.isEmpty()) {
            write(waiting.poll());
        }
        context.flush();
    }

    /** The connection is gone, and with it what waits. */
    void drop() {
        closed = true;
        waiting.forEach(Load::release);
        waiting.clear();
    }
}
