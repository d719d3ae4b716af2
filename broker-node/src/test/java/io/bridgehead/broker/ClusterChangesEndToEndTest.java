package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.account.AccountChange;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.store.SqlStore;
import io.bridgehead.broker.store.StoreSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * PIN, plan, expiry, nickname and unban, changed through one node, as a session on the other feels them; what ends a
 * session for good is in {@link ClusterEntitlementEndToEndTest}. The user is on n2, the operator on n1.
 */
class ClusterChangesEndToEndTest {

    /** The promise when no message comes through; {@link HundredTries} is of when they do. */
    private static final Duration BY_THE_FEED = Duration.ofSeconds(5);

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private TestNode one;
    private TestNode two;
    private String user;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 2, "accounts.pin-attempts=1000", "plans.gold.grace=2d");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void account(TestInfo test) {
        one = cluster.node(0);
        two = cluster.node(1);
        user = test.getTestMethod().orElseThrow().getName().toLowerCase() + "@example.org";
        one.accounts(user);
    }

    private void patch(String key, String value) throws Exception {
        assertThat(one.admin("PATCH", "/v1/accounts/" + user, new JsonObject().put(key, value)).statusCode())
                .isEqualTo(200);
    }

    private void post(String action, JsonObject body) throws Exception {
        assertThat(one.admin("POST", "/v1/accounts/" + user + "/" + action, body).statusCode()).isEqualTo(200);
    }

    private static void register(TestNode node, String id, String answer) throws IOException {
        try (LineClient client = node.connect()) {
            client.send(";register=" + id);
            client.expect(answer);
        }
    }

    /** A session of the user on n2, with this PIN. */
    private LineClient registered(String pin) throws IOException {
        LineClient client = two.connect();
        client.send(";register=" + user + ";" + pin);
        client.expect(";registered:" + user);
        return client;
    }

    // ---- PIN

    @Test
    void anotherPinEndsTheSessionThatGaveTheOldOneAndIsNeededEverywhere() throws Exception {
        patch("pin", "1111");
        String partner = "p." + user;
        one.accounts(partner);
        try (LineClient old = registered("1111");
                LineClient other = one.registered(partner)) {
            LineClient.bridge(old, user, other, partner);
            old.patience(BY_THE_FEED);
            patch("pin", "2222");
            old.expect(";failed:4=PIN changed");
            old.expectClosed();
            other.expect(";disconnected");
            other.expectNothingElse();
        }
        // both nodes remembered the old one as verified
        register(one, user + ";1111", ";failed:4=wrong PIN");
        register(two, user + ";1111", ";failed:4=wrong PIN");
        try (LineClient renewed = registered("2222")) {
            patch("nickname", "x" + user.hashCode());
            renewed.expectNothingElse();
        }
    }

    @Test
    void theSamePinSetAgainEndsTheSessionToo() throws Exception {
        patch("pin", "1111");
        try (LineClient old = registered("1111")) {
            patch("pin", "1111");
            old.expect(";failed:4=PIN changed");
            old.expectClosed();
        }
    }

    @Test
    void aFirstPinEndsTheSessionThatGaveNoneAndOneTakenAwayEndsNobody() throws Exception {
        try (LineClient without = two.registered(user)) {
            patch("pin", "1111");
            without.expect(";failed:4=PIN changed");
            without.expectClosed();
        }
        try (LineClient with = registered("1111")) {
            patch("pin", null);
            with.expectNothingElse();
            patch("plan", "gold");
            with.expectNothingElse();
        }
        register(two, user, ";registered:" + user);
    }

    // ---- plan and expiry

    @Test
    void aPlanCountsAtOnceWithItsGrace() throws Exception {
        patch("plan", "gold");
        Instant yesterday = Instant.now().minus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        patch("expiresAt", yesterday.toString());
        try (LineClient graced = two.registered(user)) {
            assertThat(entitlement(two).entitlement().plan()).isEqualTo("gold");
            assertThat(entitlement(two).entitlement().expiresAt()).contains(yesterday.plus(2, ChronoUnit.DAYS));
            graced.patience(BY_THE_FEED);
            patch("plan", "standard");
            graced.expect(";failed:2=subscription expired");
            graced.expectClosed();
        }
        register(two, user, ";failed:2=subscription expired");
        patch("plan", "gold");
        register(two, user, ";registered:" + user);
    }

    @Test
    void theRunningSessionsRecordBearsTheNewPlan() throws Exception {
        try (LineClient runs = two.registered(user)) {
            assertThat(entitlement(two).entitlement().plan()).isEqualTo("standard");
            long before = entitlement(two).entitlement().epoch();
            patch("plan", "gold");
            await().atMost(BY_THE_FEED).until(() -> entitlement(two).entitlement().plan().equals("gold"));
            assertThat(entitlement(two).entitlement().epoch()).isGreaterThan(before);
            runs.expectNothingElse();
        }
    }

    private LocalSessions.Registered entitlement(TestNode node) throws ReflectiveOperationException {
        LocalSessions sessions =
                (LocalSessions) TestCluster.field(TestCluster.field(node.node, "core"), "sessions");
        List<LocalSessions.Registered> rows = sessions.find(AccountId.require(user, TestNode.HOME));
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    @Test
    void aLaterEndKeepsTheSessionAndIsTold() throws Exception {
        Instant before = Instant.now().plusMillis(1_500);
        patch("expiresAt", before.toString());
        try (LineClient kept = two.registered(user)) {
            patch("expiresAt", "2199-01-01T00:00:00Z");
            await().atMost(BY_THE_FEED).until(
                    () -> {
                        kept.send(";register=" + user + ";;v2;app");
                        return kept.line();
                    },
                    (";registered:" + user + ";expires:2199-01-01;nick:" + user)::equals);
            await().until(() -> Instant.now().isAfter(before.plusSeconds(1)));
            kept.expectNothingElse();
        }
    }

    // ---- nickname

    @Test
    void aNicknameIsSeenByOthersAtOnce() throws Exception {
        String other = "o." + user;
        one.accounts(other);
        try (LineClient renamed = two.registered(user);
                LineClient sees = one.registered(other)) {
            patch("nickname", "Zoe");
            users(sees, "Zoe", other);
            renamed.send(";connect=" + other);
            sees.expect(";connect=Zoe");
            sees.send(";accept=Zoe");
            sees.expect(";connected");
            renamed.expect(";connected");
            patch("nickname", "Zara");
            sees.send(";end");
            renamed.expect(";disconnected");
            users(sees, "Zara", other);
            sees.send(";connect=Zara");
            renamed.expect(";connect=" + other);
            renamed.send(";reject=" + other);
            sees.expect(";denied");
            renamed.send(";register=" + user + ";;v2;app");
            renamed.expect(";registered:" + user + ";expires:;nick:Zara");
            patch("nickname", null);
            users(sees, user, other);
        }
    }

    /** The list names these before long. */
    private static void users(LineClient client, String... names) {
        List<String> expected = Arrays.stream(names).sorted().toList();
        await().atMost(BY_THE_FEED).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                .until(() -> users(client).equals(expected));
    }

    private static List<String> users(LineClient client) throws IOException {
        client.send(";users");
        List<String> names = new ArrayList<>();
        for (String line = client.line(); !line.startsWith(";total:"); line = client.line()) {
            names.add(line.substring(";user:".length()));
        }
        return names;
    }

    // ---- unban

    @Test
    void afterAnUnbanBothNodesLetItInAtOnce() throws Exception {
        for (int n = 0; n < 10; n++) {
            register(one, user, ";registered:" + user);
            register(two, user, ";registered:" + user);
            post("ban", new JsonObject().put("reason", "tests"));
            register(one, user, ";failed:3=banned");
            register(two, user, ";failed:3=banned");
            post("unban", null);
            register(n % 2 == 0 ? one : two, user, ";registered:" + user);
            register(n % 2 == 0 ? two : one, user, ";registered:" + user);
        }
    }

    // ---- when nobody is told

    /** As if every message and the registry's copy were lost: SQL alone has the change. */
    @Test
    void theFeedBringsEachChange() throws Exception {
        AccountId id = AccountId.require(user, TestNode.HOME);
        String other = "o." + user;
        one.accounts(other);
        try (SqlStore elsewhere = SqlStore.open(
                        new StoreSettings("jdbc:sqlite:" + directory.resolve("shared.db"), "", ""),
                        TestNode.HOME,
                        InstantSource.system());
                LineClient ends = two.registered(user);
                LineClient sees = one.registered(other)) {
            ends.patience(BY_THE_FEED);
            change(elsewhere, id, Optional.of(Optional.of(new Nickname("Feed"))), Optional.empty(), Optional.empty());
            await().atMost(BY_THE_FEED).until(() -> users(sees).contains("Feed"));
            change(elsewhere, id, Optional.empty(), Optional.of("gold"), Optional.empty());
            await().atMost(BY_THE_FEED).until(() -> entitlement(two).entitlement().plan().equals("gold"));
            // of a PIN nobody knows: only that it is another one counts here
            change(elsewhere, id, Optional.empty(), Optional.empty(), Optional.of("$argon2id$another"));
            ends.expect(";failed:4=PIN changed");
            ends.expectClosed();
        }
    }

    private static void change(
            SqlStore store,
            AccountId id,
            Optional<Optional<Nickname>> nickname,
            Optional<String> plan,
            Optional<String> pinHash) {
        assertThat(store.accounts()
                        .update(id, new AccountChange.Patch(
                                nickname, pinHash.map(Optional::of), plan, Optional.empty()))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join())
                .isPresent();
    }

    // ---- how long it takes

    private LineClient session;

    private void ended(String line) throws IOException {
        session.expect(line);
        session.close();
    }

    /** The new PIN is hashed first, which takes as long as to check one: that is not of the promise. */
    @Test
    void anotherPinAHundredTimes() throws Exception {
        patch("pin", "10000");
        AtomicReference<Duration> hashing = new AtomicReference<>(Duration.ZERO);
        HundredTries.assertTold(
                "another PIN",
                n -> {
                    long begin = System.nanoTime();
                    session = registered(Integer.toString(10_000 + n));
                    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
                    hashing.accumulateAndGet(taken, (one, other) -> one.compareTo(other) > 0 ? one : other);
                },
                n -> patch("pin", Integer.toString(10_001 + n)),
                n -> ended(";failed:4=PIN changed"),
                hashing::get);
    }

    @Test
    void anotherPlanAHundredTimes() throws Exception {
        patch("expiresAt", Instant.now().minus(1, ChronoUnit.DAYS).toString());
        HundredTries.assertTold(
                "another plan",
                n -> {
                    patch("plan", "gold");
                    session = two.registered(user);
                },
                n -> patch("plan", "standard"),
                n -> ended(";failed:2=subscription expired"));
    }

    @Test
    void anExpiryAHundredTimes() throws Exception {
        HundredTries.assertTold(
                "an expiry",
                n -> {
                    patch("expiresAt", null);
                    session = two.registered(user);
                },
                n -> patch("expiresAt", "2020-01-01T00:00:00Z"),
                n -> ended(";failed:2=subscription expired"));
    }

    @Test
    void anUnbanAHundredTimes() throws Exception {
        HundredTries.assertTold(
                "an unban",
                n -> post("ban", new JsonObject().put("reason", "tests")),
                n -> post("unban", null),
                n -> register(two, user, ";registered:" + user));
    }

    @Test
    void anotherNicknameAHundredTimes() throws Exception {
        String other = "o." + user;
        one.accounts(other);
        try (LineClient renamed = two.registered(user);
                LineClient sees = one.registered(other)) {
            HundredTries.assertTold(
                    "another nickname",
                    n -> renamed.expectNothingElse(),
                    n -> patch("nickname", "Nick" + n),
                    n -> users(sees, "Nick" + n, other));
        }
    }
}
