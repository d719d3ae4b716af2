package io.bridgehead.broker.store;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountConflict;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The SQL of accounts, their names and their changes, the same for both databases. Every method runs inside its
 * caller's transaction, on a lane's thread; writers call {@link #lockWriters} first.
 */
final class AccountRows {

    static final String COLUMNS =
            "a.id, a.pin_hash, a.nickname, a.plan, a.expires_at, a.ban_reason, a.visible, a.epoch, a.created_at";

    private AccountRows() {}

    /**
     * From here on this transaction is the only writer. It makes change numbers rise in the order of commits, and two
     * writers that want each other's names cannot deadlock.
     */
    static void lockWriters(Handle db) {
        db.execute("UPDATE change_counter SET last = last");
    }

    static Optional<Account> find(Handle db, AccountId id) {
        return db.createQuery("SELECT " + COLUMNS + " FROM accounts a WHERE a.id = :id")
                .bind("id", id.text())
                .map((row, context) -> account(row))
                .findOne();
    }

    static void insert(Handle db, Account account) {
        int added = bind(
                        db.createUpdate("INSERT INTO accounts (id, pin_hash, nickname, nickname_key, plan, expires_at,"
                                + " ban_reason, visible, epoch, created_at) VALUES (:id, :pinHash, :nickname,"
                                + " :nicknameKey, :plan, :expiresAt, :banReason, :visible, :epoch, :createdAt)"
                                + " ON CONFLICT (id) DO NOTHING"),
                        account)
                .execute();
        if (added == 0) {
            throw new AccountConflict("account %s exists already".formatted(account.id()));
        }
        if (!claim(db, account.id(), account.id())) {
            throw new AccountConflict("id %s is another account's nickname".formatted(account.id()));
        }
    }

    static void update(Handle db, Account account) {
        bind(
                        db.createUpdate("UPDATE accounts SET pin_hash = :pinHash, nickname = :nickname,"
                                + " nickname_key = :nicknameKey, plan = :plan, expires_at = :expiresAt,"
                                + " ban_reason = :banReason, visible = :visible, epoch = :epoch,"
                                + " created_at = :createdAt WHERE id = :id"),
                        account)
                .execute();
    }

    /** Also frees its names. */
    static void delete(Handle db, AccountId id) {
        db.execute("DELETE FROM names WHERE account = ?", id.text());
        db.execute("DELETE FROM accounts WHERE id = ?", id.text());
    }

    /** Takes the nickname's name for the account; throws {@link AccountConflict} when it is somebody else's. */
    static void claimAlias(Handle db, AccountId account, Nickname nickname, String homeDomain) {
        AccountId alias = nickname.alias(homeDomain);
        // one's own bare id is a fine nickname, and is claimed already
        if (!alias.equals(account) && !claim(db, alias, account)) {
            throw new AccountConflict("nickname %s is taken".formatted(nickname));
        }
    }

    static void freeAlias(Handle db, AccountId account) {
        db.execute("DELETE FROM names WHERE account = ? AND name <> account", account.text());
    }

    private static boolean claim(Handle db, AccountId name, AccountId account) {
        return db.execute(
                        "INSERT INTO names (name, account) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                        name.text(),
                        account.text())
                == 1;
    }

    /** The last epoch of a removed account of this id, else 0. */
    static long tombstone(Handle db, AccountId id) {
        return db.createQuery("SELECT epoch FROM tombstones WHERE id = :id")
                .bind("id", id.text())
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    static void bury(Handle db, AccountId id, long epoch) {
        db.execute(
                "INSERT INTO tombstones (id, epoch) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch",
                id.text(),
                epoch);
    }

    /** Writes the change down under the next number and forgets all but the newest {@code kept}. */
    static void recordChange(Handle db, AccountId id, long epoch, Instant at, long kept) {
        long sequence = db.createQuery("UPDATE change_counter SET last = last + 1 RETURNING last")
                .mapTo(Long.class)
                .one();
        db.execute(
                "INSERT INTO changes (sequence, account, epoch, at) VALUES (?, ?, ?, ?)",
                sequence,
                id.text(),
                epoch,
                at.toEpochMilli());
        db.execute("DELETE FROM changes WHERE sequence <= ?", sequence - kept);
    }

    /** A row of changes with its account or tombstone beside it. */
    static Subscription state(ResultSet row) throws SQLException {
        AccountId id = idOf(row.getString("changed"));
        if (row.getString("id") != null) {
            Account account = account(row);
            return new Subscription(id, account.epoch(), Optional.of(account));
        }
        return new Subscription(id, row.getLong("last_epoch"), Optional.empty());
    }

    static Account account(ResultSet row) throws SQLException {
        long expiresAt = row.getLong("expires_at");
        Optional<Instant> expiry = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresAt));
        return new Account(
                idOf(row.getString("id")),
                Optional.ofNullable(row.getString("pin_hash")),
                Optional.ofNullable(row.getString("nickname")).map(Nickname::new),
                row.getString("plan"),
                expiry,
                Optional.ofNullable(row.getString("ban_reason")).map(BanReason::new),
                row.getInt("visible") == 1,
                row.getLong("epoch"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    static AccountId idOf(String text) {
        int at = text.indexOf('@');
        return new AccountId(text.substring(0, at), text.substring(at + 1));
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Account account) {
        return statement
                .bind("id", account.id().text())
                .bind("pinHash", account.pinHash().orElse(null))
                .bind("nickname", account.nickname().map(Nickname::text).orElse(null))
                .bind("nicknameKey", account.nickname().map(name -> name.text().toLowerCase(Locale.ROOT)).orElse(null))
                .bind("plan", account.plan())
                .bind("expiresAt", account.expiresAt().map(Instant::toEpochMilli).orElse(null))
                .bind("banReason", account.ban().map(BanReason::text).orElse(null))
                .bind("visible", account.visible() ? 1 : 0)
                .bind("epoch", account.epoch())
                .bind("createdAt", account.createdAt().toEpochMilli());
    }
}
