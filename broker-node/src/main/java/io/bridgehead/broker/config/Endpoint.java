package io.bridgehead.broker.config;

/** A {@code host:port} to listen on; port 0 means any. IPv6 hosts are written in brackets. */
public record Endpoint(String host, int port) {

    public Endpoint {
        if (host.isBlank() || port < 0 || port > 65535) {
            throw new IllegalArgumentException(host + ":" + port + " (expected: host:port, port 0..65535)");
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
