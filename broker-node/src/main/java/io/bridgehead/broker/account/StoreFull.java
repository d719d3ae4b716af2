package io.bridgehead.broker.account;

/** The database refuses to write because its disk is full; it still reads. The message names the store. */
public final class StoreFull extends StoreUnavailable {

    public StoreFull(String message, Throwable cause) {
        super(message, cause);
    }
}
