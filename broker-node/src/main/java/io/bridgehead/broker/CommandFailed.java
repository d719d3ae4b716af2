package io.bridgehead.broker;

/** A command could not do what it was asked for. The message is one line for the operator; exit code 1. */
final class CommandFailed extends RuntimeException {

    CommandFailed(String message) {
        super(message);
    }

    CommandFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
