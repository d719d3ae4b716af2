package io.bridgehead.broker.cluster;

/** A shared map did not answer in time, or refused. The message names the map, the question and what it said. */
final class RegistryUnavailable extends RuntimeException {

    RegistryUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
