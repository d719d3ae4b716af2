package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts what another node sends into frames of the event bus. Messages of bridges for this very event loop it hands over
 * by itself, in the order of arrival; all others go on to the bus. The bus itself would believe any length up to 2 GiB;
 * here a longer frame than this product sends ends the connection before anything is kept of it. On a connection from
 * another node; its event loop.
 *
 * <p>On a connection to another node the frames are of bridges alone, and between them come the bytes by which the bus
 * answers pings: they go on, one that is zero is none of them but begins a frame's length.
 */
final class CargoUnloader extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(CargoUnloader.class);

    /** A frame's longest, without its length; what nodes say to each other is 64 KiB and the fields around it. */
    static final int MAX_FRAME = 256 * 1024;

    /** A frame's fields, up to a bridge's bytes, end before this: two names of nodes and some numbers. */
    private static final int FIELDS = 2 * 1024;

    private final BridgeCargo cargo;
    private final Consumer<NodeMessage.OfLink> link;
    private final boolean wayBack;

    /** A frame that came in pieces: its length and what there is of the rest; null: none has begun. */
    private ByteBuf frame;
    private int length;
    private int lengthBytes;
    /** Bytes of {@link #frame} at which it is looked at next. */
    private int wanted;
    /** Of a bridge, what is known of it but its bytes; null: no such frame is being read. */
    private NodeMessage.BridgeBytes message;
    private CompositeByteBuf bytes;
    private int missing;

    private CargoUnloader(BridgeCargo cargo, Consumer<NodeMessage.OfLink> link, boolean wayBack) {
        this.cargo = cargo;
        this.link = link;
        this.wayBack = wayBack;
    }

    /** Of a connection from another node; {@code link} gets what that says of the connection. */
    static CargoUnloader of(BridgeCargo cargo, Consumer<NodeMessage.OfLink> link) {
        return new CargoUnloader(cargo, link, false);
    }

    /** Of a connection to another node; {@code link} gets what that says of the connection. */
    static CargoUnloader ofTheWayBack(BridgeCargo cargo, Consumer<NodeMessage.OfLink> link) {
        return new CargoUnloader(cargo, link, true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        if (!(read instanceof ByteBuf in)) {
            context.fireChannelRead(read);
            return;
        }
        try {
            while (in.isReadable() && step(context, in)) {
                // each step takes something
            }
        } finally {
            in.release();
        }
    }

    private boolean step(ChannelHandlerContext context, ByteBuf in) {
        if (message != null) {
            readBytes(context, in);
        } else if (frame != null) {
            readFrame(context, in);
        } else if (lengthBytes > 0) {
            return readLength(context, in);
        } else if (wayBack && in.getByte(in.readerIndex()) != 0) {
            passPongs(context, in);
        } else if (!isBegun(context, in)) {
            return readLength(context, in);
        }
        return true;
    }

    private static void passPongs(ChannelHandlerContext context, ByteBuf in) {
        int count = in.bytesBefore((byte) 0);
        context.fireChannelRead(in.readRetainedSlice(count < 0 ? in.readableBytes() : count));
    }

    /** Takes a message of a bridge as it lies there, as far as it goes; false: it is none, or its fields are in pieces. */
    private boolean isBegun(ChannelHandlerContext context, ByteBuf in) {
        int start = in.readerIndex();
        int rest = in.readableBytes() < Integer.BYTES ? -1 : in.getInt(start);
        int at = rest <= 0 || rest > MAX_FRAME ? -1 : cargo.messageIn(in, start, context.channel().eventLoop());
        if (at < 0) {
            return false;
        }
        int end = start + Integer.BYTES + rest;
        if (isBytes(in, at, end)) {
            begin(in, at, end);
            readBytes(context, in);
            return true;
        }
        if (end > in.writerIndex()) {
            return false;
        }
        give(in, at, end);
        return true;
    }

    /** Whether these are bytes of a bridge, no more than there may be. */
    private static boolean isBytes(ByteBuf in, int at, int end) {
        int count = end - at - NodeMessageCodec.BRIDGE_FIELDS;
        return NodeMessageCodec.isBridgeBytes(in, at) && count >= 0 && count <= NodeMessageCodec.MAX_BRIDGE_BYTES;
    }

    private void begin(ByteBuf in, int at, int end) {
        int from = at + NodeMessageCodec.BRIDGE_FIELDS;
        message = NodeMessageCodec.bridgeBytes(in, at, Unpooled.EMPTY_BUFFER);
        missing = end - from;
        in.readerIndex(from);
    }

    private void readBytes(ChannelHandlerContext context, ByteBuf in) {
        int count = Math.min(in.readableBytes(), missing);
        ByteBuf part = part(context, in, count);
        missing -= count;
        if (missing > 0 && bytes == null) {
            bytes = context.alloc().compositeDirectBuffer();
        }
        ByteBuf sofar = bytes == null ? part : bytes.addComponent(true, part);
        if (missing == 0) {
            NodeMessage.BridgeBytes whole = message.with(sofar);
            message = null;
            bytes = null;
            cargo.give(whole);
        }
    }

    private static ByteBuf part(ChannelHandlerContext context, ByteBuf in, int count) {
        // a slice would keep the whole of what was read
        return count >= in.capacity() / 4
                ? in.readRetainedSlice(count)
                : context.alloc().directBuffer(count).writeBytes(in, count);
    }

    private void give(ByteBuf in, int at, int end) {
        in.readerIndex(end);
        NodeMessageCodec.read(in.slice(at, end - at)).ifPresent(message -> {
            switch (message) {
                case NodeMessage.OfBridge ofBridge -> cargo.give(ofBridge);
                case NodeMessage.OfLink ofLink -> link.accept(ofLink);
                // such a frame is not taken for one of ours
                default -> {}
            }
        });
    }

    // ---- in pieces

    private boolean readLength(ChannelHandlerContext context, ByteBuf in) {
        length = length << Byte.SIZE | in.readUnsignedByte();
        if (++lengthBytes < Integer.BYTES) {
            return true;
        }
        if (length <= 0 || length > MAX_FRAME) {
            LOG.atWarn()
                    .addKeyValue("peer", context.channel().remoteAddress())
                    .addKeyValue("length", Integer.toUnsignedString(length))
                    .log("a frame on the event bus is too long, the connection is closed");
            context.close();
            return false;
        }
        wanted = Integer.BYTES + Math.min(length, FIELDS);
        // such a buffer Vert.x takes as it is; others it copies
        frame = UnpooledByteBufAllocator.DEFAULT.heapBuffer(wanted).writeInt(length);
        return true;
    }

    private void readFrame(ChannelHandlerContext context, ByteBuf in) {
        frame.writeBytes(in, Math.min(in.readableBytes(), wanted - frame.readableBytes()));
        if (frame.readableBytes() < wanted) {
            return;
        }
        int end = Integer.BYTES + length;
        int at = cargo.messageIn(frame, 0, context.channel().eventLoop());
        if (at >= 0 && isBytes(frame, at, end)) {
            ByteBuf begun = taken();
            begin(begun, at, end);
            readBytes(context, begun);
            begun.release();
        } else if (wanted < end) {
            wanted = end;
            frame.capacity(end);
        } else if (at >= 0) {
            ByteBuf whole = taken();
            give(whole, at, end);
            whole.release();
        } else if (wayBack || BridgeFrame.isBare(frame, 0)) {
            // not the bus's, from a newer version
            taken().release();
        } else {
            context.fireChannelRead(taken());
        }
    }

    private ByteBuf taken() {
        ByteBuf whole = frame;
        frame = null;
        length = 0;
        lengthBytes = 0;
        return whole;
    }

    /** Vert.x has nobody to tell on a connection from another node, and would log it as an error of this one. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (wayBack || !(cause instanceof IOException)) {
            context.fireExceptionCaught(cause);
            return;
        }
        LOG.atWarn()
                .addKeyValue("peer", context.channel().remoteAddress())
                .addKeyValue("reason", cause.getMessage())
                .log("a connection of the event bus broke");
        context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (frame != null) {
            frame.release();
            frame = null;
        }
        message = null;
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
