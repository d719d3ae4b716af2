package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Accounts in SQL, the truth. Any thread; nothing blocks the caller; a failed future carries {@link StoreUnavailable}
 * when the database cannot answer, and the change was then not made.
 */
public interface AccountStore {

    /** One change of the change feed: the account whose epoch rose, with its state after the change. */
    record Change(long sequence, AccountId id, Optional<Account> account) {}

    /** A page of accounts in order of id; {@code next} is empty on the last one. */
    record Page(List<Account> accounts, Optional<String> next) {}

    /** Adds the account; fails with {@link AccountConflict} when the id or the nickname is taken. */
    Future<Account> create(AccountDraft draft);

    Future<Optional<Account>> find(AccountId id);

    /** The account that goes by this id or alias (a nickname in id form). */
    Future<Optional<AccountId>> resolve(AccountId idOrAlias);

    /** Applies the change, raises the account's epoch; empty when there is no such account. */
    Future<Optional<Account>> update(AccountId id, AccountChange change);

    /** Removes the account; answers whether it was there. The id's epoch is kept, so that a new one goes on above it. */
    Future<Boolean> remove(AccountId id);

    /** Accounts whose id or nickname contains {@code query}, at most {@code limit} (1..500), after {@code cursor}. */
    Future<Page> list(String query, Optional<String> cursor, int limit);

    /** Changes after {@code sequence}, in order, at most {@code limit}. */
    Future<List<Change>> changesAfter(long sequence, int limit);

    /** The sequence of the newest change, 0 when there was none. */
    Future<Long> lastChange();

    /** Whether the database answers. */
    Future<Void> ping();
}
