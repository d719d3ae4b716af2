package io.bridgehead.broker.account;

import java.security.MessageDigest;

/** What the registry remembers of a PIN that somebody gives. */
public enum PinMemory {

    /** No PIN is remembered for the account at this epoch: nothing was compared. */
    NOTHING,

    /** The PIN that was right before. */
    SAME,

    /** Another one was right before: so this one was compared with it, and is a wrong guess. */
    DIFFERENT;

    /** Compares keyed hashes, in constant time. */
    public static PinMemory compared(byte[] remembered, byte[] given) {
        return MessageDigest.isEqual(remembered, given) ? SAME : DIFFERENT;
    }
}
