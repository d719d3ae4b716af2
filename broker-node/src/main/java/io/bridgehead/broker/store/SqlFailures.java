package io.bridgehead.broker.store;

import io.bridgehead.broker.account.StoreFull;
import io.bridgehead.broker.account.StoreUnavailable;
import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells what a database's exception means to us. Any thread. */
final class SqlFailures {

    private static final Set<SQLiteErrorCode> REFUSED_VALUES = Set.of(
            SQLiteErrorCode.SQLITE_CONSTRAINT,
            SQLiteErrorCode.SQLITE_CONSTRAINT_CHECK,
            SQLiteErrorCode.SQLITE_CONSTRAINT_NOTNULL,
            SQLiteErrorCode.SQLITE_CONSTRAINT_DATATYPE);

    /** The rest of a SQLite code says more about it: IOERR_WRITE, IOERR_SHMSIZE. */
    private static final int PRIMARY_CODE = 0xff;

    private static final String POSTGRESQL_DISK_FULL = "53100";

    private SqlFailures() {}

    /**
     * Our own exceptions as they are; a value that a constraint refuses (the value types should have) as
     * {@link IllegalArgumentException}; no room as {@link StoreFull}; whatever else SQL says as
     * {@link StoreUnavailable}.
     */
    static RuntimeException translate(RuntimeException failure, StorePlace place) {
        SQLException said = saidBy(failure);
        if (said == null) {
            return failure instanceof JdbiException ? new StoreUnavailable("database: " + failure.getMessage(), failure)
                    : failure;
        }
        if (isRefusedValue(said)) {
            return new IllegalArgumentException("the database refuses the value: " + firstLine(said), failure);
        }
        if (isFull(said, place)) {
            String words = "the disk of the account store is full: store.url %s: %s";
            return new StoreFull(words.formatted(place.url(), firstLine(said)), failure);
        }
        return new StoreUnavailable("database: " + firstLine(said), failure);
    }

    /** What the database said, one line. */
    static String words(Exception failure) {
        SQLException said = saidBy(failure);
        return said != null ? firstLine(said) : String.valueOf(failure.getMessage());
    }

    /** The innermost: a pool wraps the driver's words in its own. */
    private static SQLException saidBy(Exception failure) {
        SQLException innermost = null;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                innermost = sql;
            }
        }
        return innermost;
    }

    private static boolean isRefusedValue(SQLException said) {
        if (said instanceof SQLiteException sqlite) {
            return REFUSED_VALUES.contains(sqlite.getResultCode());
        }
        String state = said.getSQLState();
        return state != null && (state.startsWith("23") || state.startsWith("22"));
    }

    private static boolean isFull(SQLException said, StorePlace place) {
        if (said instanceof SQLiteException sqlite) {
            int code = sqlite.getResultCode().code & PRIMARY_CODE;
            return code == SQLiteErrorCode.SQLITE_FULL.code
                    || code == SQLiteErrorCode.SQLITE_IOERR.code && place.hasNoRoom();
        }
        return POSTGRESQL_DISK_FULL.equals(said.getSQLState());
    }

    private static String firstLine(SQLException said) {
        String message = String.valueOf(said.getMessage());
        return message.lines().findFirst().orElse(message).strip();
    }
}
