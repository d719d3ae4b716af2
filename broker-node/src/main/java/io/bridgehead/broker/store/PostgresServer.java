package io.bridgehead.broker.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections to a PostgreSQL server, with time-outs so that nothing hangs for ever. Any thread. */
final class PostgresServer {

    /** Writers wait for the change counter's row in any case: more would only hold connections. */
    static final int WRITERS = 4;

    static final int READERS = 4;

    /** Seconds. */
    private static final int CONNECT_TIME_OUT = 2;

    /** Seconds without a byte; above the server's own limits, which give the better message. */
    private static final int SOCKET_TIME_OUT = 5;

    /** Seconds: a migration may rewrite a table. */
    private static final int MIGRATION_SOCKET_TIME_OUT = 600;

    private static final String LIMITS =
            "-c statement_timeout=4000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000";

    private final StoreSettings settings;

    PostgresServer(StoreSettings settings) {
        this.settings = settings;
    }

    DataSource migrations() {
        PGSimpleDataSource source = common();
        source.setSocketTimeout(MIGRATION_SOCKET_TIME_OUT);
        return source;
    }

    DataSource work() {
        PGSimpleDataSource source = common();
        source.setSocketTimeout(SOCKET_TIME_OUT);
        source.setOptions(LIMITS);
        return source;
    }

    /** Lengths and forbidden characters are counted in Unicode. */
    void requireUtf8() throws SQLException {
        try (Connection connection = migrations().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW server_encoding")) {
            row.next();
            String encoding = row.getString(1);
            if (!encoding.equals("UTF8")) {
                throw new SQLException("server_encoding is %s (expected: UTF8)".formatted(encoding));
            }
        }
    }

    private PGSimpleDataSource common() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(settings.url());
        if (!settings.user().isEmpty()) {
            source.setUser(settings.user());
        }
        if (!settings.password().isEmpty()) {
            source.setPassword(settings.password());
        }
        source.setApplicationName("bridgehead");
        source.setConnectTimeout(CONNECT_TIME_OUT);
        source.setLoginTimeout(2 * CONNECT_TIME_OUT);
        source.setTcpKeepAlive(true);
        return source;
    }
}
