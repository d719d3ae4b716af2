package io.bridgehead.broker.admin;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountPatch;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * What the API asks of the account service. Any thread; nothing throws; futures complete on any thread and fail with
 * {@link io.bridgehead.broker.account.AccountConflict}, {@link io.bridgehead.broker.account.AccountRefused} or
 * {@link io.bridgehead.broker.account.StoreUnavailable}, in which case nothing was changed.
 */
public interface AccountOperations {

    Future<Account> create(NewAccount account);

    Future<Optional<Account>> find(AccountId id);

    /** The account after the change; empty when there is none. */
    Future<Optional<Account>> patch(AccountId id, AccountPatch patch);

    /** Bans it on every running session too; empty when there is none. */
    Future<Optional<Account>> ban(AccountId id, BanReason reason);

    Future<Optional<Account>> unban(AccountId id);

    /** Whether it was there. */
    Future<Boolean> remove(AccountId id);

    /** Accounts whose id or nickname contains {@code query}, at most {@code limit} (1..500), after {@code cursor}. */
    Future<AccountStore.Page> list(String query, Optional<String> cursor, int limit);
}
