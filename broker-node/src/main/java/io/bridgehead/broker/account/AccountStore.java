package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Accounts in SQL, the truth. Any thread; nothing blocks the caller; a failed future carries {@link StoreUnavailable}
 * when the database cannot answer. The change was then not made; where the connection broke during the commit itself
 * nobody can know, and the change feed tells.
 */
public interface AccountStore {

    /**
     * One change of the change feed: the account whose epoch rose, as it is now (this change or a later one). Sequence
     * numbers have no gaps: one that is missing was pruned.
     */
    record Change(long sequence, Subscription state) {}

    /** A page of accounts in order of id; {@code next} is empty on the last one. */
    record Page(List<Account> accounts, Optional<String> next) {}

    /** Adds the account; fails with {@link AccountConflict} when the id or the nickname is taken. */
    Future<Account> create(AccountDraft draft);

    Future<Optional<Account>> find(AccountId id);

    /** The account that goes by this id or alias (a nickname in id form). */
    Future<Optional<AccountId>> resolve(AccountId idOrAlias);

    /**
     * Applies the change, raises the account's epoch; empty when there is no such account. A visibility that is so already
     * is no change: users set it themselves, as often as they like.
     */
    Future<Optional<Account>> update(AccountId id, AccountChange change);

    /**
     * Removes the account; answers its state after that (the epoch, no account), empty when it was not there. The id's
     * epoch is kept, so that a new account of this id goes on above it.
     */
    Future<Optional<Subscription>> remove(AccountId id);

    /** Accounts whose id or nickname contains {@code query}, at most {@code limit} (1..500), after {@code cursor}. */
    Future<Page> list(String query, Optional<String> cursor, int limit);

    /** Changes after {@code sequence}, in order, at most {@code limit}. */
    Future<List<Change>> changesAfter(long sequence, int limit);

    /** The sequence of the newest change, 0 when there was none. */
    Future<Long> lastChange();

    /** Whether the database answers. */
    Future<Void> ping();
}
