package io.bridgehead.broker.account;

import java.time.InstantSource;

/** The tests' own store is held to the contract of the real ones. */
class InMemoryAccountStoreTest extends AccountStoreContract {

    private final AccountStore store = new InMemoryAccountStore(HOME, InstantSource.system());

    @Override
    protected AccountStore store() {
        return store;
    }
}
