package io.bridgehead.broker.cluster;

import io.bridgehead.broker.account.PinMemory;
import java.security.MessageDigest;

/**
 * The keyed hash of a PIN that was right for an account at an epoch. Immutable as long as nobody writes to the array.
 *
 * @param expiresAtMillis when it is forgotten, in the cluster's time
 */
record RememberedPin(long epoch, byte[] keyedHash, long expiresAtMillis) {

    PinMemory compared(long atEpoch, byte[] otherHash, long nowMillis) {
        if (epoch != atEpoch || nowMillis >= expiresAtMillis) {
            return PinMemory.NOTHING;
        }
        return MessageDigest.isEqual(keyedHash, otherHash) ? PinMemory.SAME : PinMemory.DIFFERENT;
    }

    RememberedPin laterOf(RememberedPin other) {
        boolean later = other.epoch > epoch || (other.epoch == epoch && other.expiresAtMillis > expiresAtMillis);
        return later ? other : this;
    }

    /** The hash is a secret: not printed. */
    @Override
    public String toString() {
        return "RememberedPin[epoch " + epoch + ", until " + expiresAtMillis + "]";
    }
}
