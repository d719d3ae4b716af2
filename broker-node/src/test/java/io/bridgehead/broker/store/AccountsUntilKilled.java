package io.bridgehead.broker.store;

import static io.bridgehead.broker.account.Awaited.await;

import io.bridgehead.broker.account.AccountDraft;
import io.bridgehead.broker.model.AccountId;
import java.time.InstantSource;
import java.util.Optional;

/** A program that creates accounts, prints each that was acknowledged, and goes on until somebody kills it. */
final class AccountsUntilKilled {

    private static final int ENOUGH = 1_000_000;

    private AccountsUntilKilled() {}

    public static void main(String[] arguments) {
        StoreSettings settings = new StoreSettings("jdbc:sqlite:" + arguments[0], "", "");
        try (SqlStore store = SqlStore.open(settings, "example.org", InstantSource.system())) {
            for (int n = 0; n < ENOUGH; n++) {
                AccountId id = AccountId.require("user" + n, "example.org");
                await(store.accounts()
                        .create(new AccountDraft(id, Optional.empty(), Optional.empty(), "standard", Optional.empty())));
                System.out.println(id);
            }
        }
    }
}
