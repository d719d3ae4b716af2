package io.bridgehead.broker.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** One real server for all tests of this JVM; an empty database for each that asks. Stops with the JVM. */
final class PostgresForTests {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresForTests() {}

    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }
    }

    static StoreSettings emptyDatabase() {
        return at(newDatabase(), Server.RUNNING.getPort());
    }

    static String newDatabase() {
        String name = "bridgehead_" + DATABASES.incrementAndGet();
        try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException refused) {
            throw new AssertionError(refused);
        }
        return name;
    }

    static int port() {
        return Server.RUNNING.getPort();
    }

    static StoreSettings at(String database, int port) {
        return new StoreSettings("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), "postgres", "");
    }
}
