package io.bridgehead.broker.store;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountDraft;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.StoreFull;
import io.bridgehead.broker.account.StoreUnavailable;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What goes wrong with a SQLite file, and that nothing acknowledged is lost by it. */
class SqliteFaultsTest {

    private static final String HOME = "example.org";

    @TempDir
    private Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(StorePlace.class)).addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        ((Logger) LoggerFactory.getLogger(StorePlace.class)).detachAppender(log);
    }

    private Path file() {
        return directory.resolve("bridgehead.db");
    }

    private SqlStore open(String options) {
        return open(file() + options, SqlStore.CHANGES_KEPT);
    }

    private static SqlStore open(String name, long changesKept) {
        return SqlStore.open(new StoreSettings("jdbc:sqlite:" + name, "", ""), HOME, InstantSource.system(), changesKept);
    }

    @Test
    void aKilledProcessLosesNothingItAcknowledged() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AccountsUntilKilled.class.getName(),
                        file().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream()))) {
            while (acknowledged.size() < 300) {
                String line = lines.readLine();
                assertThat(line).as("the child's output").isNotNull();
                acknowledged.add(line);
            }
            child.toHandle().destroyForcibly(); // Process.destroyForcibly would also drop what was printed
            lines.lines().filter(line -> line.endsWith("@example.org")).forEach(acknowledged::add);
        }
        assertThat(child.waitFor()).isEqualTo(128 + 9);

        try (SqlStore store = open("")) {
            for (String id : acknowledged) {
                assertThat(await(store.accounts().find(id(id)))).as(id).isPresent();
            }
            assertThat(await(store.accounts().lastChange())).isGreaterThanOrEqualTo(acknowledged.size());
        }
    }

    @Test
    void aFullDiskRefusesInTheDatabasesWordsAndLosesNothing() {
        List<AccountId> acknowledged = new ArrayList<>();
        try (SqlStore store = open(file() + "?max_page_count=60", 10)) {
            AccountStore accounts = store.accounts();
            StoreUnavailable refusal = fillUp(accounts, acknowledged);
            assertThat(refusal)
                    .isInstanceOf(StoreFull.class)
                    .hasMessageStartingWith(
                            "the disk of the account store is full: store.url jdbc:sqlite:" + file() + ": ");
            assertThat(told()).hasSize(1).first().asString().contains("its disk is full");
            assertThat(acknowledged).hasSizeGreaterThan(10);
            for (AccountId id : acknowledged) {
                assertThat(await(accounts.find(id))).isPresent();
            }

            acknowledged.reversed().stream().limit(20).forEach(id -> await(accounts.remove(id)));
            Account created = await(accounts.create(draft("again")));
            assertThat(await(accounts.find(created.id()))).contains(created);
            assertThat(told()).hasSize(2).last().asString().contains("there is room again");
        }
        try (SqlStore store = open("")) {
            for (AccountId id : acknowledged.subList(0, acknowledged.size() - 20)) {
                assertThat(await(store.accounts().find(id))).isPresent();
            }
        }
    }

    /** On a full disk SQLite may call it an I/O error. */
    @Test
    void anIoErrorIsAFullDiskWhereThereIsNoRoom() {
        SQLiteException said = new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_SHMSIZE);
        RuntimeException failure = new IllegalStateException(said);
        StorePlace roomy = new StorePlace("jdbc:sqlite:x.db", Optional.of(directory));
        // where nothing can ever be written
        StorePlace crowded = new StorePlace("jdbc:sqlite:x.db", Optional.of(Path.of("/proc")));

        assertThat(SqlFailures.translate(failure, crowded)).isInstanceOf(StoreFull.class);
        assertThat(SqlFailures.translate(failure, roomy))
                .isInstanceOf(StoreUnavailable.class)
                .isNotInstanceOf(StoreFull.class)
                .hasMessageContaining("disk I/O error");
    }

    @Test
    void aFullDiskIsToldOnceAndItsEndOnce() {
        StorePlace place = new StorePlace("jdbc:sqlite:x.db", Optional.empty());
        place.written();
        place.refused(new StoreUnavailable("database is locked", null));
        assertThat(told()).isEmpty();
        place.refused(new StoreFull("full", null));
        place.refused(new StoreFull("full", null));
        assertThat(told()).hasSize(1);
        place.written();
        place.written();
        assertThat(told()).hasSize(2);
        place.refused(new StoreFull("full", null));
        assertThat(told()).hasSize(3);
    }

    @Test
    void postgresSaysThatItsDiskIsFullInItsOwnCode() {
        SQLException said = new SQLException("could not extend file: No space left on device", "53100");

        assertThat(SqlFailures.translate(
                        new IllegalStateException(said),
                        new StorePlace("jdbc:postgresql://db.example.org/bridgehead", Optional.empty())))
                .isInstanceOf(StoreFull.class)
                .hasMessageContaining("jdbc:postgresql://db.example.org/bridgehead: could not extend file");
    }

    private List<String> told() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static StoreUnavailable fillUp(AccountStore accounts, List<AccountId> acknowledged) {
        for (int n = 0; n < 10_000; n++) {
            AccountDraft draft = draft("user%05d".formatted(n));
            try {
                await(accounts.create(draft));
            } catch (StoreUnavailable full) {
                return full;
            }
            acknowledged.add(draft.id());
        }
        throw new AssertionError("the disk never got full");
    }

    @Test
    void aLockedDatabaseRefusesWritesAnswersReadsAndRecovers() throws SQLException {
        try (SqlStore store = open("")) {
            await(store.accounts().create(draft("ann")));
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                assertThatThrownBy(() -> await(store.accounts().create(draft("bob"))))
                        .isInstanceOf(StoreUnavailable.class)
                        .hasMessageContaining("locked");
                assertThat(await(store.accounts().find(id("ann")))).isPresent();
                statement.execute("ROLLBACK");
            }
            assertThat(await(store.accounts().create(draft("bob"))).epoch()).isEqualTo(1);
            assertThat(await(store.accounts().lastChange())).isEqualTo(2);
        }
    }

    @Test
    void aFullQueueRefusesAtOnce() throws SQLException {
        try (SqlStore store = open("");
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            List<Future<Account>> asked = IntStream.range(0, 1_200)
                    .mapToObj(n -> store.accounts().create(draft("user" + n)))
                    .toList();
            List<Future<Account>> refused = asked.stream().filter(Future::failed).toList();
            assertThat(refused).hasSizeGreaterThanOrEqualTo(100);
            assertThat(refused).allMatch(future -> future.cause() instanceof StoreUnavailable);
            assertThat(refused.getFirst().cause()).hasMessageContaining("queue");
            statement.execute("ROLLBACK");
            asked.forEach(future -> await(future.transform(result -> Future.succeededFuture())));
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws IOException {
        Files.writeString(file(), "this is a shopping list, and a long one at that, not a database".repeat(40));
        assertThatThrownBy(() -> open(""))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining("store.url jdbc:sqlite:" + file())
                .hasMessageContaining("not a database");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
        Path plain = Files.writeString(directory.resolve("plain"), "no directory");
        assertThatThrownBy(() -> open(plain + "/data/bridgehead.db", 10))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining(plain.toString())
                .hasMessageContaining("cannot be opened");
    }

    @Test
    void theFileIsForItsOwnerOnly() throws IOException {
        try (SqlStore store = open("")) {
            await(store.accounts().ping());
            for (String suffix : List.of("", "-wal", "-shm")) {
                Path part = Path.of(file() + suffix);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part))).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void commitsReachTheDisk() throws SQLException {
        SqliteFile sqlite = SqliteFile.prepare(new StoreSettings("jdbc:sqlite:" + file(), "", ""));
        try (Connection connection = sqlite.writer().getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeQuery("PRAGMA journal_mode").getString(1)).isEqualTo("wal");
            assertThat(statement.executeQuery("PRAGMA synchronous").getInt(1)).as("FULL").isEqualTo(2);
            assertThat(statement.executeQuery("PRAGMA busy_timeout").getInt(1)).isEqualTo(5_000);
        }
    }

    @Test
    void aClosedStoreSaysSo() {
        SqlStore store = open("");
        store.close();
        assertThatThrownBy(() -> await(store.accounts().ping())).isInstanceOf(StoreUnavailable.class);
    }

    @Test
    void nicknamesMoveWithTheHomeDomain() {
        try (SqlStore store = open("")) {
            await(store.accounts().create(draft("ann")));
        }
        StoreSettings settings = new StoreSettings("jdbc:sqlite:" + file(), "", "");
        try (SqlStore moved = SqlStore.open(settings, "example.net", InstantSource.system())) {
            AccountId alias = AccountId.require("nick-ann", "example.net");
            assertThat(await(moved.accounts().resolve(alias))).contains(id("ann"));
            assertThat(await(moved.accounts().resolve(id("nick-ann")))).isEmpty();
            assertThat(await(moved.accounts().resolve(id("ann")))).contains(id("ann"));
        }
    }

    private static AccountDraft draft(String id) {
        return new AccountDraft(
                id(id), Optional.of("x".repeat(100)), Optional.of(new Nickname("nick-" + id)), "standard", Optional.empty());
    }

    private static AccountId id(String text) {
        return AccountId.require(text, HOME);
    }
}
