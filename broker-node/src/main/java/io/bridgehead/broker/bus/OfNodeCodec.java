package io.bridgehead.broker.bus;

import static io.bridgehead.broker.bus.NodeMessageCodec.text;

import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.Optional;

/** The part of {@link NodeMessageCodec} that is about nodes: types 40 to 59. Pure; any thread. */
final class OfNodeCodec {

    static final byte ORDERED = 40;
    static final byte REPORTED = 41;

    private OfNodeCodec() {}

    static void write(NodeMessage.OfNode message, ByteBuf out) {
        switch (message) {
            case NodeOrdered(NodeId from, long number, NodeOrder order) -> {
                out.writeByte(ORDERED);
                NodeMessageCodec.write(from.name(), out);
                out.writeLong(number);
                NodeMessageCodec.write(order.name(), out);
            }
            case NodeReported(long number, NodeReport(Optional<String> refusal, NodeStatus status)) -> {
                out.writeByte(REPORTED);
                out.writeLong(number);
                NodeMessageCodec.write(refusal.orElse(""), out);
                write(status, out);
            }
        }
    }

    static NodeOrdered ordered(ByteBuf in) {
        return new NodeOrdered(new NodeId(text(in)), in.readLong(), NodeOrder.valueOf(text(in)));
    }

    static NodeReported reported(ByteBuf in) {
        long number = in.readLong();
        Optional<String> refusal = Optional.of(text(in)).filter(why -> !why.isEmpty());
        return new NodeReported(number, new NodeReport(refusal, status(in)));
    }

    private static void write(NodeStatus status, ByteBuf out) {
        NodeMessageCodec.write(status.node().name(), out);
        out.writeLong(status.incarnation().number());
        NodeMessageCodec.write(status.version(), out);
        NodeMessageCodec.write(status.state().name(), out);
        out.writeLong(status.since().toEpochMilli());
        out.writeInt(status.sessions());
        out.writeInt(status.bridges());
    }

    private static NodeStatus status(ByteBuf in) {
        return new NodeStatus(
                new NodeId(text(in)),
                new Incarnation(in.readLong()),
                text(in),
                NodeState.valueOf(text(in)),
                Instant.ofEpochMilli(in.readLong()),
                in.readInt(),
                in.readInt());
    }
}
