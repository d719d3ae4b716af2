package io.bridgehead.broker.model;

/**
 * Somebody who is connected, as the other end of a call sees them.
 *
 * @param address where to reach the session
 * @param account whose session it is
 * @param displayName the nickname, or the id as its owner wrote it when registering
 */
public record Party(SessionAddress address, AccountId account, String displayName) {

    public Party withDisplayName(String other) {
        return new Party(address, account, other);
    }
}
