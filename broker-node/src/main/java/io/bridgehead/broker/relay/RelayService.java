package io.bridgehead.broker.relay;

import java.util.Optional;

/**
 * What hosts serve and clients ask for, as the operator configured it. Immutable, any thread.
 *
 * @param tokenHash SHA-256 of the token that its hosts show; empty: only hosts without a token serve it
 * @param anonymous whether hosts without a token serve it
 * @param spread which host a client gets
 * @param rules what its connections are held to
 */
record RelayService(
        String name, Optional<TokenHash> tokenHash, boolean anonymous, Spread spread, ServiceRules rules) {

    RelayService {
        if (!RelayWords.isService(name)) {
            throw new IllegalArgumentException("service: " + name + " (expected: " + RelayWords.SERVICE + ")");
        }
    }

    /** Whether a host that shows this token, or none, may serve. */
    boolean admits(Optional<String> token) {
        return token.isPresent() ? tokenHash.filter(hash -> hash.matches(token.get())).isPresent() : anonymous;
    }
}
