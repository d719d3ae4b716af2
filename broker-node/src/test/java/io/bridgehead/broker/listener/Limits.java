package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.config.TlsFiles;
import java.time.Duration;
import java.util.List;

/** Limits for tests: wide, but for what a test narrows. */
record Limits(int connections, int perSecond, int burst, Duration handshake, List<String> proxies, TlsFiles tls) {

    static final List<Endpoint> ANY = List.of(new Endpoint("127.0.0.1", 0));
    static final Limits WIDE = new Limits(1000, 0, 1, Duration.ofSeconds(10), List.of(), TlsFiles.NONE);

    Limits atMost(int maxConnections) {
        return new Limits(maxConnections, perSecond, burst, handshake, proxies, tls);
    }

    Limits rate(int connectionsPerSecond, int connectionBurst) {
        return new Limits(connections, connectionsPerSecond, connectionBurst, handshake, proxies, tls);
    }

    Limits handshakeWithin(Duration time) {
        return new Limits(connections, perSecond, burst, time, proxies, tls);
    }

    Limits proxied(String... from) {
        return new Limits(connections, perSecond, burst, handshake, List.of(from), tls);
    }

    Limits tls(TlsFiles files) {
        return new Limits(connections, perSecond, burst, handshake, proxies, files);
    }

    ListenerLimits build() {
        return new ListenerLimits(connections, perSecond, burst, 128, handshake, Duration.ofSeconds(30),
                Duration.ofSeconds(30), proxies, tls);
    }
}
