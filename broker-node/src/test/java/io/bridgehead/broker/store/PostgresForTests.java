package io.bridgehead.broker.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

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

    /** Makes a role that the server asks for its password; the others are trusted. */
    static void requirePasswordFor(String role, String password) {
        try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(role, password));
            Path rules;
            try (var row = statement.executeQuery("SHOW hba_file")) {
                row.next();
                rules = Path.of(row.getString(1));
            }
            String before = Files.readString(rules);
            Files.writeString(rules, "host all %s all scram-sha-256%n".formatted(role) + before);
            statement.execute("SELECT pg_reload_conf()");
            Awaitility.await().until(() -> isRefused(role));
        } catch (SQLException | IOException refused) {
            throw new AssertionError(refused);
        }
    }

    private static boolean isRefused(String role) {
        try (Connection connection = Server.RUNNING.getDatabase(role, "postgres").getConnection()) {
            return connection.isClosed();
        } catch (SQLException refused) {
            return true;
        }
    }

    static int port() {
        return Server.RUNNING.getPort();
    }

    static StoreSettings at(String database, int port) {
        return new StoreSettings("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), "postgres", "");
    }
}
