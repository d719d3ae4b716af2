package io.bridgehead.broker.relay;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * SHA-256 of a host's token, written {@code sha256:} and 64 hex digits. A fast hash is enough here, and Argon2 would be
 * for nothing: the token is 256 bits of chance, so that there is no list of likely ones to try. Immutable, any thread.
 */
final class TokenHash {

    private static final String PREFIX = "sha256:";

    private final byte[] hash;

    private TokenHash(byte[] hash) {
        this.hash = hash;
    }

    static TokenHash of(String token) {
        try {
            return new TokenHash(
                    MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    static Optional<TokenHash> parse(String text) {
        return text.matches(PREFIX + "[0-9a-f]{64}")
                ? Optional.of(new TokenHash(HexFormat.of().parseHex(text, PREFIX.length(), text.length())))
                : Optional.empty();
    }

    /** In a time that does not depend on where they differ. */
    boolean matches(String token) {
        return MessageDigest.isEqual(hash, of(token).hash);
    }

    String text() {
        return PREFIX + HexFormat.of().formatHex(hash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash that && MessageDigest.isEqual(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return PREFIX + "…";
    }
}
