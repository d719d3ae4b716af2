package io.bridgehead.broker.account;

import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import java.time.Instant;
import java.util.Optional;

/** A change of one account. Each raises the account's epoch and the cluster's change sequence in one transaction. */
public sealed interface AccountChange {

    /** The account's fields; an empty outer Optional leaves the field as it is, an empty inner one clears it. */
    record Patch(
            Optional<Optional<Nickname>> nickname,
            Optional<Optional<String>> pinHash,
            Optional<String> plan,
            Optional<Optional<Instant>> expiresAt)
            implements AccountChange {

        /** The hash is a secret: not printed. */
        @Override
        public String toString() {
            return "Patch";
        }
    }

    record Ban(BanReason reason) implements AccountChange {}

    record Unban() implements AccountChange {}

    record SetVisible(boolean visible) implements AccountChange {}
}
