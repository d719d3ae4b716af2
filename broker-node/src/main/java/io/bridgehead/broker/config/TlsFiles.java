package io.bridgehead.broker.config;

import java.nio.file.Path;

/** PEM files of a server certificate; both empty paths mean plain TCP. Reloaded when they change. */
public record TlsFiles(Path cert, Path key) {

    public static final TlsFiles NONE = new TlsFiles(Path.of(""), Path.of(""));

    public boolean enabled() {
        return !cert.toString().isEmpty();
    }
}
