package io.bridgehead.broker.store;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountChange;
import io.bridgehead.broker.account.AccountDraft;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Accounts in SQLite or PostgreSQL. Times are kept in milliseconds; finer parts of an expiry are cut off. Any thread. */
final class SqlAccountStore implements AccountStore {

    private static final int MAX_LIMIT = 500;

    private final Lane writes;
    private final Lane reads;
    private final String homeDomain;
    private final InstantSource clock;
    private final long changesKept;

    SqlAccountStore(Lane writes, Lane reads, String homeDomain, InstantSource clock, long changesKept) {
        this.writes = writes;
        this.reads = reads;
        this.homeDomain = homeDomain;
        this.clock = clock;
        this.changesKept = changesKept;
    }

    @Override
    public Future<Account> create(AccountDraft draft) {
        return writes.transaction(db -> {
            AccountRows.lockWriters(db);
            Account account = new Account(
                    draft.id(),
                    draft.pinHash(),
                    draft.nickname(),
                    draft.plan(),
                    draft.expiresAt().map(SqlAccountStore::cut),
                    Optional.empty(),
                    true,
                    AccountRows.tombstone(db, draft.id()) + 1,
                    cut(clock.instant()));
            AccountRows.insert(db, account);
            account.nickname().ifPresent(name -> AccountRows.claimAlias(db, account.id(), name, homeDomain));
            record(db, account.id(), account.epoch());
            return account;
        });
    }

    @Override
    public Future<Optional<Account>> find(AccountId id) {
        return reads.read(db -> AccountRows.find(db, id));
    }

    @Override
    public Future<Optional<AccountId>> resolve(AccountId idOrAlias) {
        return reads.read(db -> db.createQuery("SELECT account FROM names WHERE name = :name")
                .bind("name", idOrAlias.text())
                .map((row, context) -> AccountRows.idOf(row.getString("account")))
                .findOne());
    }

    @Override
    public Future<Optional<Account>> update(AccountId id, AccountChange change) {
        return writes.transaction(db -> {
            AccountRows.lockWriters(db);
            return AccountRows.find(db, id)
                    .map(before -> isSo(before, change) ? before : store(db, before, changed(before, change)));
        });
    }

    /** Only users repeat themselves often; what an operator sets again counts again, a PIN above all. */
    private static boolean isSo(Account account, AccountChange change) {
        return change instanceof AccountChange.SetVisible(boolean visible) && visible == account.visible();
    }

    private Account store(Handle db, Account before, Account after) {
        AccountRows.update(db, after);
        if (!after.nickname().equals(before.nickname())) {
            AccountRows.freeAlias(db, after.id());
            after.nickname().ifPresent(name -> AccountRows.claimAlias(db, after.id(), name, homeDomain));
        }
        record(db, after.id(), after.epoch());
        return after;
    }

    private static Account changed(Account account, AccountChange change) {
        AccountChange.Patch same = new AccountChange.Patch(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return switch (change) {
            case AccountChange.Patch patch -> next(account, patch, account.ban(), account.visible());
            case AccountChange.Ban ban -> next(account, same, Optional.of(ban.reason()), account.visible());
            case AccountChange.Unban unban -> next(account, same, Optional.empty(), account.visible());
            case AccountChange.SetVisible set -> next(account, same, account.ban(), set.visible());
        };
    }

    private static Account next(
            Account account,
            AccountChange.Patch patch,
            Optional<BanReason> ban,
            boolean visible) {
        return new Account(
                account.id(),
                patch.pinHash().orElse(account.pinHash()),
                patch.nickname().orElse(account.nickname()),
                patch.plan().orElse(account.plan()),
                patch.expiresAt().orElse(account.expiresAt()).map(SqlAccountStore::cut),
                ban,
                visible,
                account.epoch() + 1,
                account.createdAt());
    }

    @Override
    public Future<Optional<Subscription>> remove(AccountId id) {
        return writes.transaction(db -> {
            AccountRows.lockWriters(db);
            return AccountRows.find(db, id).map(account -> bury(db, account));
        });
    }

    private Subscription bury(Handle db, Account account) {
        long epoch = account.epoch() + 1;
        AccountRows.delete(db, account.id());
        AccountRows.bury(db, account.id(), epoch);
        record(db, account.id(), epoch);
        return new Subscription(account.id(), epoch, Optional.empty());
    }

    @Override
    public Future<Page> list(String query, Optional<String> cursor, int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            return Future.failedFuture(
                    new IllegalArgumentException("limit: %d (expected: 1..%d)".formatted(limit, MAX_LIMIT)));
        }
        return reads.read(db -> page(db, pattern(query), cursor.orElse(""), limit));
    }

    private static Page page(Handle db, String pattern, String after, int limit) {
        List<Account> found = db.createQuery("SELECT " + AccountRows.COLUMNS + " FROM accounts a WHERE a.id > :after"
                        + " AND (a.id LIKE :pattern ESCAPE '!' OR a.nickname_key LIKE :pattern ESCAPE '!')"
                        + " ORDER BY a.id LIMIT :limit")
                .bind("after", after)
                .bind("pattern", pattern)
                .bind("limit", limit + 1)
                .map((row, context) -> AccountRows.account(row))
                .list();
        if (found.size() <= limit) {
            return new Page(found, Optional.empty());
        }
        List<Account> page = List.copyOf(found.subList(0, limit));
        return new Page(page, Optional.of(page.getLast().id().text()));
    }

    private static String pattern(String query) {
        String literal = query.toLowerCase(Locale.ROOT)
                .replace("!", "!!").replace("%", "!%").replace("_", "!_");
        return '%' + literal + '%';
    }

    @Override
    public Future<List<Change>> changesAfter(long sequence, int limit) {
        return reads.read(db -> db.createQuery("SELECT c.sequence, c.account AS changed,"
                        + " coalesce(t.epoch, c.epoch) AS last_epoch, " + AccountRows.COLUMNS
                        + " FROM changes c LEFT JOIN accounts a ON a.id = c.account"
                        + " LEFT JOIN tombstones t ON t.id = c.account"
                        + " WHERE c.sequence > :after ORDER BY c.sequence LIMIT :limit")
                .bind("after", sequence)
                .bind("limit", limit)
                .map((row, context) -> new Change(row.getLong("sequence"), AccountRows.state(row)))
                .list());
    }

    @Override
    public Future<Long> lastChange() {
        return reads.read(db -> db.createQuery("SELECT last FROM change_counter").mapTo(Long.class).one());
    }

    @Override
    public Future<Void> ping() {
        return reads.read(db -> db.createQuery("SELECT 1").mapTo(Integer.class).one()).mapEmpty();
    }

    private void record(Handle db, AccountId id, long epoch) {
        AccountRows.recordChange(db, id, epoch, clock.instant(), changesKept);
    }

    private static Instant cut(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
