package io.bridgehead.broker.cluster;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts what another node sends into frames of the event bus, and puts a ticket in place of a bridge's bytes. The bus
 * itself would believe any length up to 2 GiB; here a longer frame than this product sends ends the connection before
 * anything is kept of it. On a connection from another node; its event loop.
 */
final class CargoUnloader extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(CargoUnloader.class);

    /** A frame's longest, without its length; what nodes say to each other is 64 KiB and the fields around it. */
    static final int MAX_FRAME = 256 * 1024;

    /** Shorter frames are not worth a ticket. */
    private static final int MIN_CARGO_FRAME = 4 * 1024;

    /** A frame's fields, up to a bridge's bytes, end before this: two names of nodes and some numbers. */
    private static final int FIELDS = 2 * 1024;

    private final BridgeCargo cargo;

    private int length;
    private int lengthBytes;
    /** The frame so far, all of it or its fields; null: its length is not known yet. */
    private ByteBuf frame;
    /** Bytes of the frame, after its length, that {@link #frame} is to hold. */
    private int wanted;
    /** A bridge's bytes so far; null: the frame has none, or that is not known yet. */
    private CompositeByteBuf bytes;
    private int missing;

    CargoUnloader(BridgeCargo cargo) {
        this.cargo = cargo;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf in)) {
            context.fireChannelRead(message);
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
        if (frame == null) {
            return readLength(context, in);
        }
        if (bytes != null) {
            readBytes(context, in);
        } else {
            readFrame(context, in);
        }
        return true;
    }

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
        wanted = length < MIN_CARGO_FRAME ? length : FIELDS;
        frame = heap(wanted + Integer.BYTES);
        frame.writeInt(length);
        return true;
    }

    private void readFrame(ChannelHandlerContext context, ByteBuf in) {
        frame.writeBytes(in, Math.min(in.readableBytes(), wanted + Integer.BYTES - frame.readableBytes()));
        if (frame.readableBytes() < wanted + Integer.BYTES) {
            return;
        }
        int fields = wanted < length ? BridgeFrame.fieldsIn(frame) : -1;
        if (fields > 0) {
            missing = length + Integer.BYTES - frame.readableBytes();
            bytes = context.alloc().compositeDirectBuffer();
            int early = frame.readableBytes() - fields;
            bytes.addComponent(true, context.alloc().directBuffer(early).writeBytes(frame, fields, early));
            frame.writerIndex(fields);
        } else if (wanted < length) {
            wanted = length;
            frame.capacity(length + Integer.BYTES + BridgeCargo.TICKET_BYTES);
        } else {
            pass(context);
        }
    }

    private void readBytes(ChannelHandlerContext context, ByteBuf in) {
        int count = Math.min(in.readableBytes(), missing);
        if (count >= in.capacity() / 4) {
            bytes.addComponent(true, in.readRetainedSlice(count));
        } else {
            // a slice would keep the whole of what was read
            bytes.addComponent(true, context.alloc().directBuffer(count).writeBytes(in, count));
        }
        missing -= count;
        if (missing == 0) {
            ByteBuf whole = bytes;
            bytes = null;
            cargo.unload(whole, frame);
            frame.setInt(0, frame.readableBytes() - Integer.BYTES);
            pass(context);
        }
    }

    private void pass(ChannelHandlerContext context) {
        ByteBuf whole = frame;
        frame = null;
        length = 0;
        lengthBytes = 0;
        context.fireChannelRead(whole);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (frame != null) {
            frame.release();
            frame = null;
        }
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }

    /** Such a buffer Vert.x takes as it is; others it copies. */
    private static ByteBuf heap(int capacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(capacity + BridgeCargo.TICKET_BYTES);
    }
}
