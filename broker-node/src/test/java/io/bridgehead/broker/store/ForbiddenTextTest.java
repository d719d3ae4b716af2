package io.bridgehead.broker.store;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.StoreUnavailable;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
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
            "xx\u00adx",
            "xx\u034fx",
            "xx\u061cx",
            "xx\u115fx",
            "xx\u1160x",
            "xx\u17b4x",
            "xx\u17b5x",
            "xx\u180bx",
            "xx\u180fx",
            "xx\u2065x",
            "xx\u3164x",
            "xx\ufe00x",
            "xx\u2764\ufe0fx",
            "xx\uffa0x",
            "xx\ufff0x",
            "xx\ufff9x",
            "xx\ufffbx",
            "xx\ue000x",
            "xx\udb40\udc01x",
            "xx\udb40\udd00x",
            "xx\udb40\uddefx",
            "xx\udb43\udfffx",
            "xx\udbc0\udc00x");

    private static final List<String> FORBIDDEN_IN_NAMES = List.of("xx;x", "xx=x", "xx x", "xx\u00a0x", "xx\u3000x");

    private static final List<String> ALLOWED = List.of("queen", "Änne", "日本語", "o'neill", "a-b_c.d", "[x]*?", "\ud83d\ude00\ud83d\ude00",
            "\u2764\u2764", "\u1f00\u03b1", "\ufe10\ufe10", "\ufffd\ufffd", "\udb44\udc00\udb44\udc00");

    /** A constraint of SQLite's on characters, and its condition. */
    private static final Pattern CHARACTERS =
            Pattern.compile("CONSTRAINT (\\w+)_characters CHECK \\((.*?\\*')\\)", Pattern.DOTALL);

    private static final Predicate<String> FORBIDDEN_ONE = problem -> problem.contains("forbidden character");

    @TempDir
    private Path directory;

    @Test
    void sqliteRefusesForbiddenTextWhoeverWritesIt() throws SQLException {
        check(sqlite());
    }

    @Test
    void postgresRefusesForbiddenTextWhoeverWritesIt() throws SQLException {
        check(PostgresForTests.emptyDatabase());
    }

    /** Every character but NUL and surrogates, which no database takes, and the planes 4 to 13, where there are none. */
    private static final String EVERY = "SELECT point FROM (WITH RECURSIVE every(point) AS (SELECT 1 UNION ALL SELECT"
            + " CASE point WHEN 55295 THEN 57344 WHEN 262143 THEN 917504 ELSE point + 1 END FROM every"
            + " WHERE point < 1114111) SELECT point FROM every) AS points WHERE NOT (%s)";

    @Test
    void sqliteRefusesTheVeryCharactersTheTypesRefuse() throws SQLException {
        SqlStore.open(sqlite(), "example.org", InstantSource.system()).close();
        try (Connection direct = DriverManager.getConnection(sqlite().url())) {
            Map<String, String> conditions = new HashMap<>();
            for (String ddl : strings(direct, "SELECT sql FROM sqlite_master WHERE name IN ('accounts', 'names')")) {
                Matcher constraint = CHARACTERS.matcher(ddl);
                while (constraint.find()) {
                    conditions.put(constraint.group(1), constraint.group(2));
                }
            }
            compare(direct, conditions, "char(point)");
        }
    }

    @Test
    void postgresRefusesTheVeryCharactersTheTypesRefuse() throws SQLException {
        StoreSettings settings = PostgresForTests.emptyDatabase();
        SqlStore.open(settings, "example.org", InstantSource.system()).close();
        try (Connection direct = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            Map<String, String> conditions = new HashMap<>();
            for (String name : List.of("id", "nickname", "name", "ban_reason")) {
                conditions.put(name, strings(direct, "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint"
                        + " WHERE conname = '" + name + "_characters'").getFirst());
            }
            compare(direct, conditions, "chr(point)");
        }
    }

    /** {@code conditions}: what must hold for each column; {@code character}: how SQL makes one of {@code point}. */
    private static void compare(Connection direct, Map<String, String> conditions, String character)
            throws SQLException {
        List<Integer> inNames = refused(
                point -> Nickname.problemIn("ab" + point + "cd").filter(FORBIDDEN_ONE).isPresent());
        List<Integer> inReasons = refused(point -> isRefusedReason("ab" + point + "cd"));
        // "@" is no character of a nickname, but it is one of an id
        inNames.remove((Integer) (int) '@');
        assertThat(conditions.keySet()).containsExactlyInAnyOrder("id", "nickname", "name", "ban_reason");
        for (Map.Entry<String, String> column : conditions.entrySet()) {
            String condition = column.getValue()
                    .replaceAll("\\b" + column.getKey() + "\\b", Matcher.quoteReplacement(character));
            List<Integer> refused = strings(direct, EVERY.formatted(condition)).stream().map(Integer::valueOf).toList();
            assertThat(refused).as(column.getKey())
                    .containsExactlyElementsOf(column.getKey().equals("ban_reason") ? inReasons : inNames);
        }
    }

    private static boolean isRefusedReason(String text) {
        try {
            new BanReason(text);
            return false;
        } catch (IllegalArgumentException refused) {
            return FORBIDDEN_ONE.test(refused.getMessage());
        }
    }

    private static List<Integer> refused(Predicate<String> rule) {
        return IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .filter(point -> point < 0x40000 || point >= 0xE0000)
                .filter(point -> rule.test(Character.toString(point)))
                .boxed()
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> strings(Connection direct, String query) throws SQLException {
        List<String> answer = new ArrayList<>();
        try (Statement statement = direct.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                answer.add(rows.getString(1));
            }
        }
        return answer;
    }

    // ---- a database that was made before the rule got stricter

    @Test
    void sqliteKeepsItsRowsWhenTheRuleGetsStricter() throws SQLException {
        checkMigration(sqlite(), "classpath:db/sqlite");
    }

    @Test
    void postgresKeepsItsRowsWhenTheRuleGetsStricter() throws SQLException {
        checkMigration(PostgresForTests.emptyDatabase(), "classpath:db/postgresql");
    }

    private static void checkMigration(StoreSettings settings, String scripts) throws SQLException {
        Flyway.configure().dataSource(settings.url(), settings.user(), settings.password())
                .locations(scripts).target("1").load().migrate();
        AccountId ann = AccountId.require("ann", "example.org");
        AccountId alias = AccountId.require("queen", "example.org");
        try (Connection direct = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                Statement statement = direct.createStatement()) {
            insert(direct, ann.text(), "queen", "late; again");
            statement.execute("INSERT INTO names (name, account) VALUES ('ann@example.org', 'ann@example.org')");
            statement.execute("INSERT INTO names (name, account) VALUES ('queen@example.org', 'ann@example.org')");
            insert(direct, "bad@example.org", "xx\ufe0fx", null);
            assertThatThrownBy(() -> SqlStore.open(settings, "example.org", InstantSource.system()))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessageContaining("nickname_characters");
            statement.execute("DELETE FROM accounts WHERE id = 'bad@example.org'");
        }
        try (SqlStore store = SqlStore.open(settings, "example.org", InstantSource.system())) {
            Account kept = await(store.accounts().find(ann)).orElseThrow();
            assertThat(kept.nickname()).contains(new Nickname("queen"));
            assertThat(kept.ban()).contains(new BanReason("late; again"));
            assertThat(await(store.accounts().resolve(alias))).contains(ann);
            assertThat(await(store.accounts().remove(ann))).isPresent();
            assertThat(await(store.accounts().resolve(alias))).as("goes with its account").isEmpty();
        }
    }

    private StoreSettings sqlite() {
        return new StoreSettings("jdbc:sqlite:" + directory.resolve("bridgehead.db"), "", "");
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
