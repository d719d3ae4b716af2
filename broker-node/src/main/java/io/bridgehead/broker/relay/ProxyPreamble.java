package io.bridgehead.broker.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The PROXY header that tells a host who its client is, before the client's first byte. Pure; any thread. Source: the PROXY
 * protocol's specification, §2.1 (version 1) and §2.2 (version 2).
 */
final class ProxyPreamble {

    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final int VERSION_2_LOCAL = 0x20;
    private static final int VERSION_2_PROXY = 0x21;
    private static final int TCP_4 = 0x11;
    private static final int TCP_6 = 0x21;

    /** The bytes of an IPv4 address in IPv6's form, RFC 4291 §2.5.5.2. */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

    private ProxyPreamble() {}

    /** Empty: the host is told nothing. A client whose address is not known is told as unknown. */
    static Optional<ByteBuf> of(ServiceRules.Preamble version, Optional<ClientName> client) {
        return switch (version) {
            case NONE -> Optional.empty();
            case V1 -> Optional.of(Unpooled.copiedBuffer(client.map(ProxyPreamble::line).orElse("PROXY UNKNOWN\r\n"),
                    StandardCharsets.US_ASCII));
            case V2 -> Optional.of(client.map(ProxyPreamble::binary).orElseGet(() ->
                    Unpooled.buffer().writeBytes(SIGNATURE).writeByte(VERSION_2_LOCAL).writeByte(0).writeShort(0)));
        };
    }

    private static boolean is4(ClientName client) {
        return client.address().indexOf(':') < 0 && client.localAddress().indexOf(':') < 0;
    }

    private static String line(ClientName client) {
        boolean v4 = is4(client);
        return "PROXY %s %s %s %d %d\r\n".formatted(
                v4 ? "TCP4" : "TCP6",
                v4 ? client.address() : NetUtil.bytesToIpAddress(long6(client.address())),
                v4 ? client.localAddress() : NetUtil.bytesToIpAddress(long6(client.localAddress())),
                client.port(),
                client.localPort());
    }

    private static ByteBuf binary(ClientName client) {
        boolean v4 = is4(client);
        byte[] from = v4 ? bytes(client.address()) : long6(client.address());
        byte[] to = v4 ? bytes(client.localAddress()) : long6(client.localAddress());
        return Unpooled.buffer()
                .writeBytes(SIGNATURE)
                .writeByte(VERSION_2_PROXY)
                .writeByte(v4 ? TCP_4 : TCP_6)
                .writeShort(from.length + to.length + 2 * Short.BYTES)
                .writeBytes(from)
                .writeBytes(to)
                .writeShort(client.port())
                .writeShort(client.localPort());
    }

    private static byte[] bytes(String address) {
        return NetUtil.createByteArrayFromIpAddressString(address);
    }

    private static byte[] long6(String address) {
        byte[] bytes = bytes(address);
        if (bytes.length == 16) {
            return bytes;
        }
        byte[] mapped = new byte[16];
        System.arraycopy(MAPPED, 0, mapped, 0, MAPPED.length);
        System.arraycopy(bytes, 0, mapped, MAPPED.length, bytes.length);
        return mapped;
    }
}
