package io.bridgehead.broker;

/**
 * A node cannot start as it is configured: a port in use, a file it cannot read, a database it cannot open. The message
 * is one line for the operator; exit code 2.
 */
final class StartRefused extends RuntimeException {

    StartRefused(String message) {
        super(message, null, false, false);
    }
}
