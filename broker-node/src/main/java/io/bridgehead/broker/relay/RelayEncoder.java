package io.bridgehead.broker.relay;

import com.google.protobuf.MessageLite;
import io.bridgehead.relay.messages.ClientConnectionDropProperties;
import io.bridgehead.relay.messages.ClientConnectionOpenProperties;
import io.bridgehead.relay.messages.Command;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.bridgehead.relay.messages.MessageType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Replies as the seed's messages, each behind its length (4 bytes, big endian). Pure; any thread. */
final class RelayEncoder {

    /** The version that the seed's relay says; its hosts do not look at it. */
    private static final int VERSION = 1;

    private RelayEncoder() {}

    static ByteBuf bytes(RelayReply reply) {
        byte[] message = message(reply).toByteArray();
        return Unpooled.buffer(Integer.BYTES + message.length).writeInt(message.length).writeBytes(message);
    }

    private static MessageLite message(RelayReply reply) {
        return switch (reply) {
            case RelayReply.Welcome(int session, String host, String port) -> HostProcessHelloResponse.newBuilder()
                    .setSessionId(session)
                    .setRelayHost(host)
                    .setRelayPort(port)
                    .build();
            case RelayReply.Opened(int session) -> command(MessageType.CONNECTION_OPEN)
                    .setOpenProperties(ClientConnectionOpenProperties.newBuilder().setAssignedToSession(session))
                    .build();
            case RelayReply.Dropped(int session) -> command(MessageType.CONNECTION_DROP)
                    .setDropProperties(ClientConnectionDropProperties.newBuilder().setSessionId(session))
                    .build();
        };
    }

    private static Command.Builder command(MessageType type) {
        return Command.newBuilder().setVersion(VERSION).setMessageType(type);
    }
}
