package io.bridgehead.broker.account;

/** The account policy says no. The message names the field, its value (never a PIN) and what was expected. */
public final class AccountRefused extends RuntimeException {

    public AccountRefused(String message) {
        super(message);
    }
}
