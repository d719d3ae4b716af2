package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The random key under which verified PINs are remembered: HMAC-SHA256 over account, epoch and PIN costs 0.4 µs where
 * Argon2 costs 22 ms, and is worthless without the key, which lives in memory only. Immutable, any thread.
 */
public final class PinKey {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;

    private final SecretKeySpec key;

    /** @param key 32 random bytes, the same on all nodes of a cluster */
    public PinKey(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("PIN key: %d bytes (expected: %d)".formatted(key.length, BYTES));
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    public static PinKey random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new PinKey(bytes);
    }

    byte[] hash(AccountId account, long epoch, Pin pin) {
        byte[] id = account.text().getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            // the id's length first: no two different triples give the same bytes
            mac.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(id.length).putLong(epoch).array());
            mac.update(id);
            return mac.doFinal(pin.bytes());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, missing);
        }
    }
}
