package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.eventbus.impl.clustered.ClusteredMessage;
import io.vertx.core.eventbus.impl.codecs.PingMessageCodec;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Frames of the event bus as Vert.x makes them, and what is in them. */
final class BridgeFrames {

    static final SessionId TO = new SessionId(1, 2);
    static final CallId CALL = new CallId(new SessionId(3, 4), 5);
    static final String ADDRESS = "node/n2/0";

    private BridgeFrames() {}

    static NodeMessage.BridgeBytes bytes(int sequence, byte[] bytes) {
        return new NodeMessage.BridgeBytes(TO, CALL, sequence, Unpooled.copiedBuffer(bytes));
    }

    static NodeMessage.BridgeCheck check(int frames) {
        return new NodeMessage.BridgeCheck(TO, CALL, frames, new SessionAddress(new NodeId("n1"), TO));
    }

    static NodeMessage.BridgeOver over(int frames) {
        return new NodeMessage.BridgeOver(TO, CALL, frames);
    }

    static NodeMessage.BridgeCredit credit(long taken) {
        return new NodeMessage.BridgeCredit(TO, CALL, taken);
    }

    /** The frame that the bus would send, were there no cargo. */
    static ByteBuf frame(NodeMessage message) {
        return frame("n", ADDRESS, "", message);
    }

    static ByteBuf frame(String codec, String address, String reply, NodeMessage message) {
        ByteBuf frame = head(codec, address, reply);
        NodeMessageCodec.write(message, frame);
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    /** A frame of somebody else's, with so many bytes behind the fields. */
    static ByteBuf other(int length) {
        ByteBuf frame = head("other", ADDRESS, "").writeZero(length);
        return frame.setInt(0, frame.readableBytes() - 4);
    }

    /** One that the bus itself makes. */
    static ByteBuf ping() {
        return ((BufferInternal) new ClusteredMessage<>(
                        "0ecf03a2-0a3e-4f0e-a6c6-0a8f3d1f8b59", "__vertx_ping", null, null, new PingMessageCodec(), true, null)
                .encodeToWire())
                .getByteBuf();
    }

    static ByteBuf head(String codec, String address, String reply) {
        ByteBuf frame = Unpooled.buffer().writeInt(0).writeByte(2).writeByte(-1);
        text(frame, codec);
        frame.writeByte(0);
        text(frame, address);
        text(frame, reply);
        text(frame, "0ecf03a2-0a3e-4f0e-a6c6-0a8f3d1f8b59");
        return frame.writeInt(4);
    }

    private static void text(ByteBuf frame, String text) {
        frame.writeInt(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
