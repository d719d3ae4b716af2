package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Nickname;
import java.time.Instant;
import java.util.Optional;

/**
 * An account somebody asks for.
 *
 * @param id who
 * @param pin in clear; empty: registers without one
 * @param nickname display name
 * @param plan empty: the default plan
 * @param expiresAt end of the paid time; empty: never
 */
public record NewAccount(
        AccountId id, Optional<String> pin, Optional<Nickname> nickname, Optional<String> plan, Optional<Instant> expiresAt) {

    /** The PIN is a secret: not printed. */
    @Override
    public String toString() {
        return "NewAccount[" + id + "]";
    }
}
