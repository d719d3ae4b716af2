package io.bridgehead.broker.hostagent;

import com.google.protobuf.MessageLite;
import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.relay.messages.Hello;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What a host says first on each of its connections. Pure. Source: protocols.md part 3. */
final class HelloEncoder {

    private static final int VERSION = 1;

    private HelloEncoder() {}

    /** @param hostId the same on all connections of one service to one relay */
    static ByteBuf hello(HostServiceConfig service, String hostId) {
        Hello.Builder hello =
                Hello.newBuilder().setVersion(VERSION).setService(service.name()).setHostId(hostId);
        if (service.token().isSet()) {
            hello.setToken(service.token().text());
        }
        return framed(hello.build());
    }

    static ByteBuf framed(MessageLite message) {
        ByteBuf bytes = Unpooled.buffer(Integer.BYTES + message.getSerializedSize());
        bytes.writeInt(message.getSerializedSize());
        return bytes.writeBytes(message.toByteArray());
    }
}
