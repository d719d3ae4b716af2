package io.bridgehead.broker.account;

/** What the registry remembers of a PIN that somebody gives. */
public enum PinMemory {

    /** No PIN is remembered for the account at this epoch: nothing was compared. */
    NOTHING,

    /** The PIN that was right before. */
    SAME,

    /** Another one was right before: so this one was compared with it, and is a wrong guess. */
    DIFFERENT
}
