package io.bridgehead.broker.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bridgehead.broker.account.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** An open database: a lane for writes and one for reads. Any thread. */
final class Database implements AutoCloseable {

    /** A write takes some 0.1 to 5 ms: more waiting than this is no burst but a fault. */
    private static final int QUEUE_LENGTH = 1_000;

    /** Milliseconds to wait for a connection. */
    private static final int CONNECTION_TIME_OUT = 2_000;

    private final Lane writes;
    private final Lane reads;
    private final AutoCloseable connections;

    private Database(Lane writes, Lane reads, AutoCloseable connections) {
        this.writes = writes;
        this.reads = reads;
        this.connections = connections;
    }

    /** Opens, checks and migrates; blocks. Throws {@link StoreUnavailable} with one clear message. */
    static Database open(StoreSettings settings) {
        try {
            return settings.isSqlite() ? openSqlite(settings) : openPostgres(settings);
        } catch (SQLException | FlywayException refused) {
            throw cannotOpen(settings, SqlFailures.words(refused), refused);
        }
    }

    /** Whether it answers, and is of the kind that {@link #open} takes; no table is touched. Blocks, throws as that does. */
    static void check(StoreSettings settings) {
        try {
            if (settings.isSqlite()) {
                checked(SqliteFile.prepare(settings));
            } else {
                checked(new PostgresServer(settings));
            }
        } catch (SQLException refused) {
            throw cannotOpen(settings, SqlFailures.words(refused), refused);
        }
    }

    private static DataSource checked(SqliteFile file) throws SQLException {
        DataSource writer = file.writer();
        probe(writer, "SELECT count(*) FROM sqlite_master");
        return writer;
    }

    private static DataSource checked(PostgresServer server) throws SQLException {
        DataSource migrations = server.migrations();
        probe(migrations, "SELECT 1");
        server.requireUtf8();
        return migrations;
    }

    static StoreUnavailable cannotOpen(StoreSettings settings, String why, Exception cause) {
        return new StoreUnavailable("store.url %s: cannot be opened: %s".formatted(settings.printableUrl(), why), cause);
    }

    private static Database openSqlite(StoreSettings settings) throws SQLException {
        SqliteFile file = SqliteFile.prepare(settings);
        StorePlace place = new StorePlace(settings.printableUrl(), Optional.of(file.path()));
        DataSource writer = checked(file);
        migrate(writer, "classpath:db/sqlite");
        HikariDataSource one = pool("writer", writer, 1);
        HikariDataSource few = pool("readers", file.reader(), SqliteFile.READERS);
        return new Database(
                new Lane("write", place, one, 1, QUEUE_LENGTH),
                new Lane("read", place, few, SqliteFile.READERS, QUEUE_LENGTH),
                () -> {
                    few.close();
                    one.close();
                });
    }

    private static Database openPostgres(StoreSettings settings) throws SQLException {
        PostgresServer server = new PostgresServer(settings);
        StorePlace place = new StorePlace(settings.printableUrl(), Optional.empty());
        migrate(checked(server), "classpath:db/postgresql");
        HikariDataSource all = pool("postgresql", server.work(), PostgresServer.WRITERS + PostgresServer.READERS);
        return new Database(
                new Lane("write", place, all, PostgresServer.WRITERS, QUEUE_LENGTH),
                new Lane("read", place, all, PostgresServer.READERS, QUEUE_LENGTH),
                all);
    }

    /** Before Flyway and the pool, whose messages bury the database's own. */
    private static void probe(DataSource source, String question) throws SQLException {
        try (Connection connection = source.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(question);
        }
    }

    private static void migrate(DataSource source, String where) {
        Flyway.configure().dataSource(source).locations(where).load().migrate();
    }

    private static HikariDataSource pool(String name, DataSource source, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("bridgehead-" + name);
        config.setDataSource(source);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(CONNECTION_TIME_OUT);
        config.setValidationTimeout(CONNECTION_TIME_OUT / 2);
        return new HikariDataSource(config);
    }

    Lane writes() {
        return writes;
    }

    Lane reads() {
        return reads;
    }

    @Override
    public void close() {
        writes.close();
        reads.close();
        try {
            connections.close();
        } catch (Exception refused) {
            throw new StoreUnavailable("database: cannot be closed: " + SqlFailures.words(refused), refused);
        }
    }
}
