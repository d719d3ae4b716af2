package io.bridgehead.broker.cluster;

/** This node must not or cannot be part of the cluster. The message is one line for the operator. */
public final class ClusterRefused extends RuntimeException {

    ClusterRefused(String message) {
        super(message);
    }

    ClusterRefused(String message, Throwable cause) {
        super(message, cause);
    }

    /** What it came from in the end; itself when it came from nothing. */
    Throwable root() {
        return rootOf(this);
    }

    static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
