package io.bridgehead.broker.store;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.account.AccountDraft;
import io.bridgehead.broker.account.StoreUnavailable;
import io.bridgehead.broker.model.AccountId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong between a node and its PostgreSQL server. */
class PostgresFaultsTest {

    private static final String HOME = "example.org";

    private DatabaseProxy proxy;

    @BeforeEach
    void start() {
        proxy = new DatabaseProxy("127.0.0.1", PostgresForTests.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private SqlStore openThroughProxy() {
        return open(PostgresForTests.at(PostgresForTests.newDatabase(), proxy.port()));
    }

    private static SqlStore open(StoreSettings settings) {
        return SqlStore.open(settings, HOME, InstantSource.system());
    }

    @Test
    void aServerThatIsDownIsUnavailableAndRecovers() {
        try (SqlStore store = openThroughProxy()) {
            await(store.accounts().create(draft("ann")));
            proxy.stop();
            long asked = System.nanoTime();
            assertThatThrownBy(() -> await(store.accounts().create(draft("bob")))).isInstanceOf(StoreUnavailable.class);
            assertThatThrownBy(() -> await(store.accounts().find(id("ann")))).isInstanceOf(StoreUnavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));

            proxy.start();
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> await(store.accounts().ping()));
            assertThat(await(store.accounts().find(id("ann")))).isPresent();
            assertThat(await(store.accounts().create(draft("bob"))).epoch()).isEqualTo(1);
            assertThat(await(store.accounts().lastChange())).isEqualTo(2);
        }
    }

    @Test
    void aServerThatFallsSilentDoesNotHangAnybody() {
        try (SqlStore store = openThroughProxy()) {
            await(store.accounts().create(draft("ann")));
            proxy.swallow();
            long asked = System.nanoTime();
            assertThatThrownBy(() -> await(store.accounts().find(id("ann")))).isInstanceOf(StoreUnavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Lane.ANSWER_LIMIT);

            proxy.start();
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> await(store.accounts().ping()));
            assertThat(await(store.accounts().find(id("ann")))).isPresent();
        }
    }

    @Test
    void aWrongPasswordIsNamedAtOpenWithoutIt() {
        String database = PostgresForTests.newDatabase();
        PostgresForTests.requirePasswordFor("locked", "right");
        String url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(PostgresForTests.port(), database);
        assertThatThrownBy(() -> open(new StoreSettings(url, "locked", "wr0ng-s3cret")))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining(url)
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("wr0ng-s3cret");
    }

    @Test
    void aServerThatIsNotThereIsNamedAtOpen() {
        proxy.stop();
        StoreSettings settings = PostgresForTests.at("bridgehead", proxy.port());
        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining(settings.url())
                .hasMessageContaining("cannot be opened");
    }

    @Test
    void severalNodesOpenAnEmptyDatabaseAtOnce() throws Exception {
        StoreSettings settings = PostgresForTests.emptyDatabase();
        try (var threads = Executors.newFixedThreadPool(3)) {
            var opening = IntStream.range(0, 3)
                    .mapToObj(node -> threads.submit(() -> open(settings)))
                    .toList();
            for (var node : opening) {
                try (SqlStore store = node.get()) {
                    await(store.accounts().ping());
                }
            }
        }
    }

    private static AccountDraft draft(String id) {
        return new AccountDraft(id(id), Optional.empty(), Optional.empty(), "standard", Optional.empty());
    }

    private static AccountId id(String text) {
        return AccountId.require(text, HOME);
    }
}
