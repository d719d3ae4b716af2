package io.bridgehead.broker.bench;

import java.io.IOException;

/** The other side did not do what the measurement needs. The message is one line for the operator. */
final class BenchFailed extends IOException {

    BenchFailed(String message) {
        super(message);
    }

    BenchFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
