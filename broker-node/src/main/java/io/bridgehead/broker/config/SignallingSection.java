package io.bridgehead.broker.config;

import io.bridgehead.broker.config.Layers.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Section {@code signalling}, with its three secrets: they are in no message. */
final class SignallingSection {

    /** Keys whose values every user of the machine could read on the command line. */
    static final Set<String> SECRETS =
            Set.of("signalling.passphrase", "signalling.join-secret", "signalling.turn-secret");

    /** HS256 wants a key no shorter than its hash (RFC 7518 §3.2). */
    private static final int MIN_JOIN_SECRET = 32;
    private static final int MIN_PASSPHRASE = 8;

    /** RFC 7064 and RFC 7065. */
    private static final String ICE_URI = "(?:stuns?|turns?):[A-Za-z0-9.\\-\\[\\]:]+(?:\\?transport=(?:udp|tcp))?";

    private final Settings in;
    private final boolean readFiles;

    /** @param readFiles whether files with secrets are read; a command for operators need not */
    SignallingSection(Settings in, boolean readFiles) {
        this.in = in;
        this.readFiles = readFiles;
    }

    SignallingConfig read(ListenerLimits listener) {
        SignallingConfig.ServerAuth auth = in.oneOf(
                "signalling.server-auth", SignallingConfig.ServerAuth.NONE, SignallingConfig.ServerAuth.class);
        Secret passphrase = secret("signalling.passphrase", MIN_PASSPHRASE);
        if (readFiles && auth == SignallingConfig.ServerAuth.PASSPHRASE && !passphrase.isSet()) {
            in.refuse("signalling.server-auth", in.find("signalling.server-auth").orElseThrow(),
                    "none or account, or a signalling.passphrase");
        }
        return new SignallingConfig(
                in.endpoints("signalling.listen", "0.0.0.0:8080"),
                in.texts(
                        "signalling.origins",
                        "origins like https://example.org, several separated by commas",
                        origin -> origin.matches("[a-z][a-z0-9+.-]*://[^/\\s,]+")),
                auth,
                passphrase,
                in.text("signalling.server-info", "", 1024),
                in.integer("signalling.token-words", 8, 8, 16),
                secret("signalling.join-secret", MIN_JOIN_SECRET),
                in.path("signalling.schemas", ""),
                in.flag("signalling.demo", false),
                limits(),
                new SignallingConfig.Resume(
                        in.time("signalling.resume-grace", "30s", "0s", "4m"),
                        (int) in.bytes("signalling.resume-buffer", 64 * 1024, 0, 1024 * 1024)),
                new SignallingConfig.Ice(
                        in.texts(
                                "signalling.ice-servers",
                                "URIs like stun:stun.example.org:3478, several separated by commas",
                                uri -> uri.matches(ICE_URI)),
                        secret("signalling.turn-secret", 1),
                        in.time("signalling.turn-ttl", "1h", "1m", "7d")),
                listener);
    }

    private SignallingConfig.Limits limits() {
        return new SignallingConfig.Limits(
                (int) in.bytes("signalling.max-message-bytes", SignallingConfig.MAX_MESSAGE_BYTES, 256,
                        SignallingConfig.MAX_MESSAGE_BYTES),
                in.integer("signalling.messages-per-second", 50, 1, 100_000),
                in.integer("signalling.message-burst", 200, 1, 100_000),
                in.integer("signalling.max-violations", 10, 1, 10_000),
                (int) in.bytes("signalling.max-queued-bytes", 256 * 1024, 64 * 1024, 16 * 1024 * 1024),
                in.integer("signalling.max-clients", 1000, 1, 10_000),
                in.integer("signalling.guesses-per-address", 100, 1, 100_000),
                in.time("signalling.ping-interval", "20s", "50ms", "1h"),
                in.time("signalling.pong-timeout", "10s", "50ms", "1h"));
    }

    private Secret secret(String key, int minLength) {
        Optional<Found> text = in.find(key).filter(found -> !found.text().isEmpty());
        Optional<Found> file = in.find(key + "-file").filter(found -> !found.text().isBlank());
        if (text.isPresent() && file.isPresent()) {
            in.refuse(key + "-file", file.get(), "empty, or no " + key + ": only one of them");
        }
        Optional<String> secret = text.map(Found::text)
                .or(() -> file.filter(found -> readFiles).map(found -> firstLine(key, found)));
        if (secret.filter(value -> value.length() < minLength).isPresent()) {
            String origin = text.or(() -> file).orElseThrow().origin();
            in.refuse(key, new Found("(not shown)", origin), "at least " + minLength + " characters");
        }
        return secret.map(Secret::new).orElse(Secret.NONE);
    }

    private String firstLine(String key, Found file) {
        try {
            return Files.readString(Path.of(file.text().strip())).lines().findFirst().orElse("");
        } catch (IOException unreadable) {
            in.refuse(key + "-file", file, "a readable text file");
            // long enough: one problem is one line
            return "x".repeat(MIN_JOIN_SECRET);
        }
    }
}
