package io.bridgehead.broker.store;

import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.StoreUnavailable;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;

/**
 * The database of this node. Any thread.
 *
 * <p>It recovers by itself when a database that was down, locked or full is well again: connections are made anew.
 */
public final class SqlStore implements AutoCloseable {

    /** Changes kept for nodes that were away: at 100 changes a second, a quarter of an hour. */
    static final long CHANGES_KEPT = 100_000;

    private final Database database;
    private final AccountStore accounts;

    private SqlStore(Database database, AccountStore accounts) {
        this.database = database;
        this.accounts = accounts;
    }

    /**
     * Whether the database answers; its tables are left as they are. Blocks, for some seconds at most. Throws
     * {@link StoreUnavailable} as {@link #open} does.
     */
    public static void check(StoreSettings settings) {
        Database.check(settings);
    }

    /**
     * Opens the database and brings its tables up to date. Blocks, for a few seconds at most where no table has to be
     * rewritten. Throws {@link StoreUnavailable} with one message that names the URL and what the database said.
     *
     * @param homeDomain the domain bare ids and nicknames belong to; nicknames are moved when it has changed
     */
    public static SqlStore open(StoreSettings settings, String homeDomain, InstantSource clock) {
        return open(settings, homeDomain, clock, CHANGES_KEPT);
    }

    static SqlStore open(StoreSettings settings, String homeDomain, InstantSource clock, long changesKept) {
        Database database = Database.open(settings);
        try {
            HomeDomain.adopt(homeDomain, database.writes()).toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException refused) {
            database.close();
            throw Database.cannotOpen(settings, String.valueOf(refused.getCause().getMessage()), refused);
        }
        return new SqlStore(
                database, new SqlAccountStore(database.writes(), database.reads(), homeDomain, clock, changesKept));
    }

    public AccountStore accounts() {
        return accounts;
    }

    /** Reads and writes that wait for their turn. */
    public int waiting() {
        return database.reads().waiting() + database.writes().waiting();
    }

    /** Lets what was asked finish, for at most 10 s a lane; blocks. Later calls fail with {@link StoreUnavailable}. */
    @Override
    public void close() {
        database.close();
    }
}
