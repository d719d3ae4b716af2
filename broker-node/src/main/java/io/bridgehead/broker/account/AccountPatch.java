package io.bridgehead.broker.account;

import io.bridgehead.broker.model.Nickname;
import java.time.Instant;
import java.util.Optional;

/** What to change of an account: an empty outer Optional leaves the field as it is, an empty inner one clears it. */
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
