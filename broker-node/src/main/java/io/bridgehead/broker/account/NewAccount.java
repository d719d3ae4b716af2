package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Nickname;
import java.time.Instant;
import java.util.Optional;

/**
 * What an operator asks for when making an account. Immutable, any thread.
 *
 * @param id who
 * @param pin the PIN in clear, to be hashed; empty: registers without
 * @param nickname display name, if any
 * @param plan name of a plan in the configuration; empty: the default one
 * @param expiresAt end of the paid time; empty: never
 */
public record NewAccount(
        AccountId id,
        Optional<String> pin,
        Optional<Nickname> nickname,
        Optional<String> plan,
        Optional<Instant> expiresAt) {

    /** The PIN is a secret: not printed. */
    @Override
    public String toString() {
        return "NewAccount[" + id + "]";
    }
}
