package io.bridgehead.broker.config;

import java.nio.file.Path;

/** PEM files of a link on which both ends show a certificate of one authority; all paths empty: plain TCP. */
public record MutualTlsFiles(Path cert, Path key, Path ca) {

    public static final MutualTlsFiles NONE = new MutualTlsFiles(Path.of(""), Path.of(""), Path.of(""));

    public boolean enabled() {
        return !cert.toString().isEmpty();
    }
}
