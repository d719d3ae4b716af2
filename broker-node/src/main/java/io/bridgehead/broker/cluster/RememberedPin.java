package io.bridgehead.broker.cluster;

import io.bridgehead.broker.account.PinMemory;

/**
 * The keyed hash of a PIN that was right for an account at an epoch. Immutable as long as nobody writes to the array.
 *
 * @param expiresAtMillis when it is forgotten, in the cluster's time
 */
record RememberedPin(long epoch, byte[] keyedHash, long expiresAtMillis) {

    PinMemory compared(long atEpoch, byte[] otherHash, long nowMillis) {
        boolean nothing = epoch != atEpoch || nowMillis >= expiresAtMillis;
        return nothing ? PinMemory.NOTHING : PinMemory.compared(keyedHash, otherHash);
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
