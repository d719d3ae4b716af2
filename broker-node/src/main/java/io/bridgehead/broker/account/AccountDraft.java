package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Nickname;
import java.time.Instant;
import java.util.Optional;

/** A new account, with its PIN hashed already. */
public record AccountDraft(
        AccountId id, Optional<String> pinHash, Optional<Nickname> nickname, String plan, Optional<Instant> expiresAt) {

    /** The hash is a secret: not printed. */
    @Override
    public String toString() {
        return "AccountDraft[" + id + ", plan " + plan + "]";
    }
}
