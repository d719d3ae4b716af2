package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import java.util.Optional;

/**
 * An account's state at an epoch, as nodes share it; {@code account} is empty when it was removed at that epoch.
 * Immutable, any thread.
 */
public record Subscription(AccountId id, long epoch, Optional<Account> account) {}
