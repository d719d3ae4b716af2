package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import java.net.UnknownHostException;

/** A listener could not start; the message names the configuration's key, the endpoint or file, and the reason. */
public final class ListenFailure extends RuntimeException {

    public ListenFailure(String message) {
        super(message, null, false, false);
    }

    /** The failure to listen on {@code endpoint}, in the operator's words. */
    public static ListenFailure of(ListenerKey listener, Endpoint endpoint, Throwable cause) {
        return new ListenFailure(listener.key() + ": " + endpoint + " " + reason(cause));
    }

    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("in use")) {
            return "is in use (expected: a free port)";
        }
        if (message.contains("assign requested address")) {
            return "is no address of this machine";
        }
        if (message.contains("ermission denied")) {
            return "is not allowed to this user (expected: a port from 1024 up, or CAP_NET_BIND_SERVICE)";
        }
        return failure instanceof UnknownHostException ? "has a host name nobody knows" : "failed: " + message;
    }
}
