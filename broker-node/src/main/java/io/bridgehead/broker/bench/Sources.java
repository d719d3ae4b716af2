package io.bridgehead.broker.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * Source addresses. One address has some 28,000 ports for one target, closed ones stay taken for a minute: on loopback
 * each 1,000 clients therefore come from an address of their own, 127.0.1.1 and up.
 */
final class Sources {

    private static final int CLIENTS_PER_ADDRESS = 1_000;
    private static final int ADDRESSES = 250;

    private Sources() {}

    static void bind(SocketChannel channel, InetSocketAddress target, int number) throws IOException {
        if (target.getAddress().isLoopbackAddress() && target.getAddress().getAddress().length == 4) {
            int last = 1 + number / CLIENTS_PER_ADDRESS % ADDRESSES;
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) last}), 0));
        }
    }
}
