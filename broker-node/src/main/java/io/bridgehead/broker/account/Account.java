package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.PinMark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;

/**
 * One account as SQL holds it: the truth. Immutable, any thread.
 *
 * @param id who
 * @param pinHash Argon2id PHC string, or empty: registers without a PIN
 * @param nickname display name, if any
 * @param plan name of a plan in the configuration
 * @param expiresAt end of the paid time; empty: never
 * @param ban why it is banned; empty: it is not
 * @param visible whether {@code ;users} lists it
 * @param epoch raised by every change of this account
 * @param createdAt when it was made
 */
public record Account(
        AccountId id,
        Optional<String> pinHash,
        Optional<Nickname> nickname,
        String plan,
        Optional<Instant> expiresAt,
        Optional<BanReason> ban,
        boolean visible,
        long epoch,
        Instant createdAt) {

    /** Which PIN setting this is: the hash has a random salt, so that it is another one each time. */
    Optional<PinMark> pinMark() {
        return pinHash.map(hash -> new PinMark(ByteBuffer.wrap(sha256(hash)).getLong()));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    /** The hash is a secret: not printed. */
    @Override
    public String toString() {
        return "Account[" + id + ", plan " + plan + ", epoch " + epoch + (ban.isPresent() ? ", banned" : "") + "]";
    }
}
