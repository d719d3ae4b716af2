package io.bridgehead.broker.account;

/** A value asked for is not allowed. The message names the key, the value (if it is no secret) and what was expected. */
public final class AccountRefused extends RuntimeException {

    public AccountRefused(String message) {
        super(message);
    }
}
