package io.bridgehead.broker.listener;

/** A listener could not start; the message names the configuration's key, the endpoint or file, and the reason. */
public final class ListenFailure extends RuntimeException {

    public ListenFailure(String message) {
        super(message, null, false, false);
    }
}
