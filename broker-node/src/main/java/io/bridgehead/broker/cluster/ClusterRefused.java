package io.bridgehead.broker.cluster;

/** This node must not or cannot be part of the cluster. The message is one line for the operator. */
public final class ClusterRefused extends RuntimeException {

    ClusterRefused(String message) {
        super(message);
    }

    ClusterRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
