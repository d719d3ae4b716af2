package io.bridgehead.broker.config;

import io.netty.util.NetUtil;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A relay as its hosts reach it.
 *
 * @param host name or address, IPv6 without brackets
 * @param data where it takes the connections that wait for clients
 * @param commands where it takes command connections
 */
public record RelayAddress(String host, int data, int commands) {

    static final String EXPECTED = "HOST, HOST:DATA-PORT or HOST:DATA-PORT/COMMAND-PORT, several separated by commas";

    private static final int DATA = 8000;
    private static final Pattern TEXT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+))(?::(\\d{1,5})(?:/(\\d{1,5}))?)?");

    public RelayAddress {
        if (host.isBlank() || !isPort(data) || !isPort(commands)) {
            throw new IllegalArgumentException(host + ":" + data + "/" + commands + " (expected: ports 1..65535)");
        }
    }

    /** Ports that are left out are the relay's usual ones: 8000, and the next one for commands. */
    static Optional<RelayAddress> of(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
        int data = parts.group(3) == null ? DATA : Integer.parseInt(parts.group(3));
        int commands = parts.group(4) == null ? data + 1 : Integer.parseInt(parts.group(4));
        boolean good = isPort(data) && isPort(commands) && (parts.group(1) == null || NetUtil.isValidIpV6Address(host));
        return good ? Optional.of(new RelayAddress(host, data, commands)) : Optional.empty();
    }

    private static boolean isPort(int port) {
        return port > 0 && port <= 65535;
    }

    @Override
    public String toString() {
        return new Endpoint(host, data) + "/" + commands;
    }
}
