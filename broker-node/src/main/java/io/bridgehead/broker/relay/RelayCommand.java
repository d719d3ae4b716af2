package io.bridgehead.broker.relay;

import java.util.Optional;

/** What a host says to the relay. Immutable, any thread. Source: {@code protocols.md} §3. */
sealed interface RelayCommand {

    /**
     * A host's first word on a connection.
     *
     * @param service whom it serves; empty: whoever asks for the service without a token
     * @param token the service's secret
     * @param hostId the host's own name, the same on all its connections
     */
    record Hello(Optional<String> service, Optional<String> token, Optional<String> hostId) implements RelayCommand {

        /** Without the token. */
        @Override
        public String toString() {
            return "Hello[" + service.orElse("") + ", " + hostId.orElse("") + (token.isPresent() ? ", token" : "") + "]";
        }
    }
}
