package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Sends messages of bridges back by a connection that another node has made, from its word on that it reads them there:
 * {@code length (4 bytes), 0, message}, each in its turn ({@link CargoQueue}), between the bytes by which the bus answers
 * pings, none of which is zero. Says first that such frames may come, too. The connection's event loop, but for what says otherwise.
 */
final class CargoReturn extends ChannelOutboundHandlerAdapter {

    private final BridgeCargo cargo;
    private final LongSupplier nanos;

    private ChannelHandlerContext context;
    private CargoQueue queue;
    /** Who is at the other end; null: it has not said that it reads. */
    private NodeId node;

    private volatile boolean givenUp;

    /** @param nanos the time, as {@link System#nanoTime} */
    CargoReturn(BridgeCargo cargo, LongSupplier nanos) {
        this.cargo = cargo;
        this.nanos = nanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        queue = new CargoQueue(added, nanos);
        queue.pingBy(at -> CargoQueue.frame(at, BridgeFrame.NO_FIELDS, new NodeMessage.LinkPing()));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        if (node != null) {
            cargo.noWayBack(node, this);
        }
        queue.drop();
    }

    /** What the other node says of this connection. */
    void said(NodeMessage.OfLink word) {
        switch (word) {
            case NodeMessage.LinkReady(NodeId from) when node == null -> {
                node = from;
                CargoQueue.fit(context);
                ByteBuf ready = CargoQueue.frame(context, BridgeFrame.NO_FIELDS, new NodeMessage.LinkReady(cargo.self()));
                context.writeAndFlush(ready);
                cargo.wayBack(node, this);
            }
            case NodeMessage.LinkPong p when queue.isAsked() -> {
                queue.pong();
                queue.go();
            }
            // said twice, or what nobody asked for
            default -> {}
        }
    }

    /** What is sent takes another way from here on. Any thread. */
    void giveUp() {
        givenUp = true;
    }

    /** Sends a message and takes over its bytes; false: not by this connection any more. Any thread. */
    boolean send(NodeMessage.OfBridge message) {
        if (givenUp || !context.channel().isActive()) {
            return false;
        }
        if (context.executor().inEventLoop()) {
            queue.send(BridgeFrame.NO_FIELDS, message);
            return true;
        }
        try {
            // an end that lingers while its connection is in the next call, elsewhere
            context.executor().execute(() -> queue.send(BridgeFrame.NO_FIELDS, message));
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        queue.goAll();
        context.close(promise);
    }
}
