package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Node messages in the frames of the event bus. The bytes of bridges go past it as {@link BridgeCargo}, uncopied; where
 * the transport does not allow that, they are copied once on the way out, and sliced on the way in. What is not
 * understood reads as null. Any thread.
 */
final class NodeMessageWire implements MessageCodec<Outgoing, NodeMessage> {

    static final String NAME = "n";

    /** Room for everything in a frame but a bridge's bytes. */
    private static final int FIELDS = 128;

    private final BridgeCargo cargo;

    NodeMessageWire(BridgeCargo cargo) {
        this.cargo = cargo;
    }

    @Override
    public void encodeToWire(Buffer buffer, Outgoing outgoing) {
        ByteBuf out = ((BufferImpl) buffer).byteBuf();
        if (cargo.takes(outgoing)) {
            NodeMessageCodec.write(withoutBytes(outgoing.message()), out);
            cargo.writeTicket(outgoing, out);
            return;
        }
        // growing would copy it several times, and take up to twice what it needs
        int needed = out.writerIndex() + room(outgoing.message());
        if (out.capacity() < needed) {
            out.capacity(needed);
        }
        NodeMessageCodec.write(outgoing.message(), out);
        outgoing.release();
    }

    /** What the message takes at most; zero: it is short, and the buffer may grow. */
    private static int room(NodeMessage message) {
        return switch (message) {
            case NodeMessage.BridgeBytes frame -> FIELDS + frame.bytes().readableBytes();
            case NodeMessage.Signalling signalling -> FIELDS + NodeMessageCodec.lengthOf(signalling);
            default -> 0;
        };
    }

    private static NodeMessage withoutBytes(NodeMessage message) {
        return message instanceof NodeMessage.BridgeBytes frame ? frame.with(Unpooled.EMPTY_BUFFER) : message;
    }

    @Override
    public NodeMessage decodeFromWire(int position, Buffer buffer) {
        ByteBuf frame = ((BufferInternal) buffer).getByteBuf();
        if (position < 0 || position > frame.writerIndex()) {
            return null;
        }
        frame.readerIndex(position);
        return NodeMessageCodec.read(frame).orElse(null);
    }

    /** Only called for a message to this node itself, which there is none of. */
    @Override
    public NodeMessage transform(Outgoing outgoing) {
        return null;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
