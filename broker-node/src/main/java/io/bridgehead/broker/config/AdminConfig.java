package io.bridgehead.broker.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The HTTP API of operators, key {@code admin}.
 *
 * @param listen endpoints; empty: off
 * @param tokenFile file with the bearer token; written with mode 600 at the first start
 * @param insecure whether a non-loopback address without TLS is allowed
 * @param tls certificate, or absent
 */
public record AdminConfig(List<Endpoint> listen, Path tokenFile, boolean insecure, TlsFiles tls) {

    public AdminConfig {
        listen = List.copyOf(listen);
    }
}
