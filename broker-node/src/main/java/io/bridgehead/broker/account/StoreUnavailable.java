package io.bridgehead.broker.account;

/** The database cannot answer, or refuses to write (disk full, say). The message names what it said. */
public final class StoreUnavailable extends RuntimeException {

    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
