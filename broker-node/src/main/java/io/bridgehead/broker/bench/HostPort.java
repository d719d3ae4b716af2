package io.bridgehead.broker.bench;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}, IPv6 in brackets. */
final class HostPort implements ITypeConverter<InetSocketAddress> {

    private static final String EXPECTED = "'%s' (expected: HOST:PORT, like 127.0.0.1:37846)";

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new TypeConversionException(EXPECTED.formatted(text));
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port < 1 || port > 65_535) {
            throw new TypeConversionException(EXPECTED.formatted(text));
        }
        InetSocketAddress address = new InetSocketAddress(text.substring(0, colon).replaceAll("[\\[\\]]", ""), port);
        if (address.isUnresolved()) {
            throw new TypeConversionException("'%s': no such host".formatted(text));
        }
        return address;
    }

    static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
