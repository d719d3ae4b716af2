package io.bridgehead.broker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other programs write into the database too: what must never be echoed is refused there as well. */
class ForbiddenTextTest {

    /** Each breaks a protocol line, hides, or pretends. */
    private static final List<String> FORBIDDEN = List.of(
            "x\r\n;failed:3=banned",
            "xx\nx",
            "xx\rx",
            "xx\u0000x",
            "xx\u001bx",
            "xx\u007fx",
            "xx\u0085x",
            "xx\u200bx",
            "xx\u202ex",
            "xx\u2028x",
            "xx\u2066x",
            "xx\ufeffx",
            "xx\u00adx");

    private static final List<String> FORBIDDEN_IN_NAMES = List.of("xx;x", "xx=x", "xx x", "xx\u00a0x", "xx\u3000x");

    private static final List<String> ALLOWED = List.of("queen", "Änne", "日本語", "o'neill", "a-b_c.d", "[x]*?");

    @TempDir
    private Path directory;

    @Test
    void sqliteRefusesForbiddenTextWhoeverWritesIt() throws SQLException {
        StoreSettings settings = new StoreSettings("jdbc:sqlite:" + directory.resolve("bridgehead.db"), "", "");
        check(settings);
    }

    @Test
    void postgresRefusesForbiddenTextWhoeverWritesIt() throws SQLException {
        check(PostgresForTests.emptyDatabase());
    }

    private static void check(StoreSettings settings) throws SQLException {
        SqlStore.open(settings, "example.org", InstantSource.system()).close();
        try (Connection direct = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            for (String text : FORBIDDEN) {
                assertRefused(direct, text + "@example.org", null, null);
                assertRefused(direct, "ann@example.org", text, null);
                assertRefused(direct, "ann@example.org", null, text);
                assertNameRefused(direct, text + "@example.org");
            }
            for (String text : FORBIDDEN_IN_NAMES) {
                assertRefused(direct, text + "@example.org", null, null);
                assertRefused(direct, "ann@example.org", text, null);
            }
            assertRefused(direct, "noat", null, null);
            assertRefused(direct, "ann@example.org", "a@b", null);
            assertRefused(direct, "ann@example.org", "ab", null);
            assertRefused(direct, "ann@example.org", "x".repeat(65), null);
            for (String text : ALLOWED) {
                assertThatCode(() -> insert(direct, text + "@example.org", text, text + "; = ok")).doesNotThrowAnyException();
            }
        }
    }

    private static void assertRefused(Connection direct, String id, String nickname, String ban) {
        assertThatThrownBy(() -> insert(direct, id, nickname, ban))
                .as("id %s, nickname %s, ban %s", id, nickname, ban)
                .isInstanceOf(SQLException.class)
                .satisfies(ForbiddenTextTest::isConstraint);
    }

    private static void assertNameRefused(Connection direct, String name) {
        assertThatThrownBy(() -> insertName(direct, name)).satisfies(refusal -> assertThat(refusal.getMessage())
                .containsAnyOf("name_characters", "invalid byte sequence", "0x00"));
    }

    /** PostgreSQL refuses NUL in any text before it comes to constraints. */
    private static void isConstraint(Throwable refusal) {
        assertThat(refusal.getMessage())
                .containsAnyOf("_characters", "_form", "nickname_both", "invalid byte sequence", "0x00");
    }

    private static void insert(Connection direct, String id, String nickname, String ban) throws SQLException {
        try (PreparedStatement insert = direct.prepareStatement("INSERT INTO accounts (id, nickname, nickname_key, plan,"
                + " ban_reason, visible, epoch, created_at) VALUES (?, ?, ?, 'standard', ?, 1, 1, 0)")) {
            insert.setString(1, id);
            insert.setString(2, nickname);
            insert.setString(3, nickname == null ? null : "key");
            insert.setString(4, ban);
            insert.executeUpdate();
        }
    }

    private static void insertName(Connection direct, String name) throws SQLException {
        try (PreparedStatement insert =
                direct.prepareStatement("INSERT INTO names (name, account) VALUES (?, 'nobody@example.org')")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }
}
