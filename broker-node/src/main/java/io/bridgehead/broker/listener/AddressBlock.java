package io.bridgehead.broker.listener;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of addresses, such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a single address is the longest block.
 *
 * @param network the first address
 * @param bits the length of the prefix
 */
public record AddressBlock(InetAddress network, int bits) {

    public AddressBlock {
        if (bits < 0 || bits > network.getAddress().length * 8) {
            throw new IllegalArgumentException(network.getHostAddress() + "/" + bits + " (expected: a prefix of it)");
        }
    }

    /** @throws IllegalArgumentException when {@code text} is no address and no block; host names are none */
    public static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(text + " (expected: an address or a block like 10.0.0.0/8)");
        }
        try {
            int bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > address.length * 8) {
                throw new IllegalArgumentException(text + " (expected: /0../" + address.length * 8 + ")");
            }
            return new AddressBlock(InetAddress.getByAddress(address), bits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(text + " (expected: a number of bits after /)", e);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text + " (expected: 4 or 16 bytes)", e);
        }
    }

    /** The block of clients that are limited together: one IPv4 address, or the /64 an IPv6 customer gets. */
    static AddressBlock ofClient(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return new AddressBlock(address, 32);
        }
        Arrays.fill(bytes, 8, 16, (byte) 0);
        try {
            return new AddressBlock(InetAddress.getByAddress(bytes), 64);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }

    public boolean contains(InetAddress address) {
        byte[] first = network.getAddress();
        byte[] other = address.getAddress();
        if (first.length != other.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (first[i] != other[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || ((first[whole] ^ other[whole]) & 0xff) >>> (8 - rest) == 0;
    }
}
