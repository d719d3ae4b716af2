package io.bridgehead.broker.account;

/** The id or the nickname is taken. The message says which. */
public final class AccountConflict extends RuntimeException {

    public AccountConflict(String message) {
        super(message);
    }
}
