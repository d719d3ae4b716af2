package io.bridgehead.broker.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What an admitted account may do: the part of its subscription that a running session carries from its first day.
 *
 * @param account whose it is
 * @param plan the plan's name in the configuration
 * @param planVersion version of that plan's limits when this was read
 * @param epoch the account's change counter when this was read: a newer change has a higher one
 * @param expiresAt when the subscription (grace included) ends; empty: never
 * @param nickname the display name, where there is one
 * @param visible whether {@code ;users} lists it
 * @param pin which PIN setting it was admitted under; empty: the account had none
 */
public record Entitlement(
        AccountId account,
        String plan,
        int planVersion,
        long epoch,
        Optional<Instant> expiresAt,
        Optional<Nickname> nickname,
        boolean visible,
        Optional<PinMark> pin) {}
