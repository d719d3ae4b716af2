package io.bridgehead.broker.relay;

import io.netty.util.NetUtil;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client as its host's node is told of it: the display name of its party, so that an operator sees it, too. Immutable,
 * any thread.
 *
 * @param address where it is, an IP address without zone
 * @param localAddress where it came in, the same
 */
record ClientName(String address, int port, String localAddress, int localPort) {

    private static final Pattern TEXT =
            Pattern.compile("\\[?([0-9A-Fa-f:.]+?)]?:(\\d{1,5}) at \\[?([0-9A-Fa-f:.]+?)]?:(\\d{1,5})");

    ClientName {
        address = withoutZone(address);
        localAddress = withoutZone(localAddress);
        if (port < 0 || port > 65535 || localPort < 0 || localPort > 65535) {
            throw new IllegalArgumentException("client: port " + port + ", " + localPort + " (expected: 0..65535)");
        }
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    static Optional<ClientName> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(parts.group(2));
        int localPort = Integer.parseInt(parts.group(4));
        boolean good = port <= 65535 && localPort <= 65535 && isAddress(parts.group(1)) && isAddress(parts.group(3));
        return good ? Optional.of(new ClientName(parts.group(1), port, parts.group(3), localPort)) : Optional.empty();
    }

    private static boolean isAddress(String text) {
        return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
    }

    @Override
    public String toString() {
        return socket(address, port) + " at " + socket(localAddress, localPort);
    }

    private static String socket(String address, int port) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
}
