package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;

/** Looks at a key through what it makes. */
public final class PinKeys {

    private PinKeys() {}

    public static byte[] hash(PinKey key) {
        return key.hash(AccountId.require("ann", "example.org"), 1, Pin.parse("1234").orElseThrow());
    }
}
