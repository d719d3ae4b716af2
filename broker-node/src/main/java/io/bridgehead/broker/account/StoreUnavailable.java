package io.bridgehead.broker.account;

/** The database cannot answer, or refuses to write. The message names what it said. */
public sealed class StoreUnavailable extends RuntimeException permits StoreFull {

    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
