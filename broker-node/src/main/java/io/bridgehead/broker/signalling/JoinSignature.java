package io.bridgehead.broker.signalling;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 under the key that the relay shares with an app's backend. Any thread. */
final class JoinSignature {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    JoinSignature(String key) {
        this.key = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** In a time that does not depend on where they differ. */
    boolean isOf(String text, byte[] shown) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return MessageDigest.isEqual(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)), shown);
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** Throws {@link IllegalArgumentException} when it is none. */
    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
