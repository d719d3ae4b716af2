package io.bridgehead.broker.config;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as they stand in the configuration. Nothing is looked up. */
final class EndpointText {

    private static final Pattern HOST_PORT = Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+)):(\\d{1,5})");

    private EndpointText() {}

    /** Items between commas, without blanks; none when the text is empty. */
    static List<String> items(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    /** Every item as an endpoint, or empty when one is none. */
    static Optional<List<Endpoint>> list(String text) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String item : items(text)) {
            Matcher parts = HOST_PORT.matcher(item);
            if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65535) {
                return Optional.empty();
            }
            String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
            if (parts.group(1) != null && !NetUtil.isValidIpV6Address(host)) {
                return Optional.empty();
            }
            endpoints.add(new Endpoint(host, Integer.parseInt(parts.group(3))));
        }
        return Optional.of(List.copyOf(endpoints));
    }

    /** Whether the text is an IP address or a CIDR block such as {@code 10.0.0.0/8}. */
    static boolean isAddressBlock(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean v4 = NetUtil.isValidIpV4Address(address);
        if (!v4 && !NetUtil.isValidIpV6Address(address)) {
            return false;
        }
        String prefix = slash < 0 ? "0" : text.substring(slash + 1);
        return prefix.matches("\\d{1,3}") && Integer.parseInt(prefix) <= (v4 ? 32 : 128);
    }

    /** Whether only this machine can reach it. A name other than localhost is taken for reachable. */
    static boolean isLoopback(Endpoint endpoint) {
        String host = endpoint.host();
        return host.equals("localhost")
                || host.equals("::1")
                || NetUtil.isValidIpV4Address(host) && host.startsWith("127.");
    }

    static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }
}
