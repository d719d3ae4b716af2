package io.bridgehead.broker.account;

import io.bridgehead.broker.model.Nickname;
import java.time.Instant;
import java.util.Optional;

/**
 * What an operator asks to change: an empty outer Optional leaves the field as it is, an empty inner one clears it.
 * Immutable, any thread.
 *
 * @param nickname display name
 * @param pin the PIN in clear, to be hashed
 * @param plan name of a plan in the configuration; an account always has one
 * @param expiresAt end of the paid time; cleared: never
 */
public record AccountPatch(
        Optional<Optional<Nickname>> nickname,
        Optional<Optional<String>> pin,
        Optional<String> plan,
        Optional<Optional<Instant>> expiresAt) {

    boolean isEmpty() {
        return nickname.isEmpty() && pin.isEmpty() && plan.isEmpty() && expiresAt.isEmpty();
    }

    /** The PIN is a secret: not printed. */
    @Override
    public String toString() {
        return "AccountPatch";
    }
}
