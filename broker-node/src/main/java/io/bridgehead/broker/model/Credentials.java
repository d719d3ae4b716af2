package io.bridgehead.broker.model;

import java.util.Optional;

/**
 * What somebody presents to register. Never logged: {@link #toString} leaves the PIN out. Immutable, any thread.
 *
 * @param account the id they claim
 * @param displayName the id as they wrote it
 * @param pin the PIN they gave, if any
 * @param remoteAddress the address they come from, behind any trusted proxy; attempts are limited by it
 */
public record Credentials(AccountId account, String displayName, Optional<String> pin, String remoteAddress) {

    @Override
    public String toString() {
        return "Credentials[" + account + ", pin " + (pin.isPresent() ? "given" : "not given") + "]";
    }
}
