package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.account.AccountChange;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.store.SqlStore;
import io.bridgehead.broker.store.StoreSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What an operator changes through one node is felt on the other. The victim is on n2, its partner on n1. */
class ClusterEntitlementEndToEndTest {

    /** The promise when no message comes through; {@link HundredTries} is of when they do. */
    private static final Duration BY_THE_FEED = Duration.ofSeconds(5);

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private TestNode one;
    private TestNode two;
    private String victim;
    private String partner;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 2, "accounts.pin-attempts=3");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void accounts(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase();
        one = cluster.node(0);
        two = cluster.node(1);
        victim = name + ".v@example.org";
        partner = name + ".p@example.org";
        one.accounts(victim, partner);
    }

    private interface Change {
        void make() throws Exception;
    }

    /** The change ends the victim's session with this line, and the partner's bridge. */
    private void assertEnds(Change change, String line, Duration limit) throws Exception {
        try (LineClient ended = two.registered(victim);
                LineClient other = one.registered(partner)) {
            LineClient.bridge(ended, victim, other, partner);
            ended.patience(limit);
            other.patience(limit);
            change.make();
            long made = System.nanoTime();
            ended.expect(line);
            ended.expectClosed();
            other.expect(";disconnected");
            assertThat(Duration.ofNanos(System.nanoTime() - made)).isLessThan(limit);
            other.expectNothingElse();
        }
    }

    private void post(String action, JsonObject body) throws Exception {
        assertThat(one.admin("POST", "/v1/accounts/" + victim + "/" + action, body).statusCode()).isEqualTo(200);
    }

    private void patch(String key, String value) throws Exception {
        assertThat(one.admin("PATCH", "/v1/accounts/" + victim, new JsonObject().put(key, value)).statusCode())
                .isEqualTo(200);
    }

    private static void register(TestNode node, String id, String answer) throws IOException {
        try (LineClient client = node.connect()) {
            client.send(";register=" + id);
            client.expect(answer);
        }
    }

    // ---- at once

    @Test
    void aBanEndsTheSessionOnTheOtherNodeAHundredTimes() throws Exception {
        AtomicReference<LineClient> ended = new AtomicReference<>();
        HundredTries.assertTold(
                "a ban",
                n -> {
                    post("unban", null);
                    ended.set(two.registered(victim));
                },
                n -> post("ban", new JsonObject().put("reason", "tests")),
                n -> {
                    ended.get().expect(";failed:3=banned");
                    ended.get().close();
                });
        register(two, victim, ";failed:3=banned");
        post("unban", null);
        register(two, victim, ";registered:" + victim);
    }

    @Test
    void aBanEndsABridgeBetweenTheNodes() throws Exception {
        for (int n = 0; n < 10; n++) {
            assertEnds(() -> post("ban", new JsonObject().put("reason", "tests")), ";failed:3=banned", BY_THE_FEED);
            register(two, victim, ";failed:3=banned");
            post("unban", null);
        }
    }

    @Test
    void anEndMovedIntoThePastEndsTheSession() throws Exception {
        assertEnds(() -> patch("expiresAt", "2020-01-01T00:00:00Z"), ";failed:2=subscription expired", BY_THE_FEED);
        register(two, victim, ";failed:2=subscription expired");
        patch("expiresAt", "2199-01-01T00:00:00Z");
        register(two, victim, ";registered:" + victim);
    }

    @Test
    void anEndMovedNearEndsTheSessionWhenItComes() throws Exception {
        try (LineClient ended = two.registered(victim)) {
            Instant end = Instant.now().plusMillis(1_500);
            patch("expiresAt", end.toString());
            ended.expectNothingElse();
            ended.expect(";failed:2=subscription expired");
            assertThat(Duration.between(end, Instant.now())).isBetween(Duration.ZERO, BY_THE_FEED);
        }
    }

    @Test
    void aRemovalEndsTheSession() throws Exception {
        assertEnds(
                () -> assertThat(one.admin("DELETE", "/v1/accounts/" + victim, null).statusCode()).isEqualTo(204),
                ";failed:1=no account found",
                BY_THE_FEED);
        register(two, victim, ";failed:1=no account found");
    }

    // ---- when nobody is told

    @Test
    void theFeedBringsWhatNoMessageBrought() throws Exception {
        try (SqlStore elsewhere = SqlStore.open(
                new StoreSettings("jdbc:sqlite:" + directory.resolve("shared.db"), "", ""),
                TestNode.HOME,
                InstantSource.system())) {
            AccountStore accounts = elsewhere.accounts();
            AccountId id = AccountId.require(victim, TestNode.HOME);
            for (int n = 0; n < 3; n++) {
                assertEnds(
                        () -> join(accounts.update(id, new AccountChange.Ban(new BanReason("tests")))), ";failed:3=banned", BY_THE_FEED);
                join(accounts.update(id, new AccountChange.Unban()));
                await().atMost(BY_THE_FEED).ignoreExceptions().until(() -> {
                    register(two, victim, ";registered:" + victim);
                    return true;
                });
            }
        }
    }

    private static <T> T join(io.vertx.core.Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    // ---- PINs

    @Test
    void wrongPinsAreCountedForTheWholeCluster() throws Exception {
        one.account("safe@example.org", Optional.of("4711"), Optional.empty());
        int wrong = 0;
        for (int guess = 0; guess < 8; guess++) {
            try (LineClient guesser = cluster.node(guess % 2).connect()) {
                guesser.send(";register=safe@example.org;000" + guess);
                String answer = guesser.line();
                wrong += answer.equals(";failed:4=wrong PIN") ? 1 : 0;
                assertThat(answer).isIn(";failed:4=wrong PIN", ";failed:5=too many attempts");
            }
        }
        assertThat(wrong).isEqualTo(3);
        register(one, "safe@example.org;4711", ";failed:5=too many attempts");
        register(two, "safe@example.org;4711", ";failed:5=too many attempts");
    }

    @Test
    void aPinThatOneNodeVerifiedCostsTheOtherNothing() throws Exception {
        one.account("roams@example.org", Optional.of("4711"), Optional.empty());
        long before = evaluations(two);
        register(one, "roams@example.org;4711", ";registered:roams@example.org");
        for (int n = 0; n < 5; n++) {
            register(two, "roams@example.org;4711", ";registered:roams@example.org");
        }
        assertThat(evaluations(two)).isEqualTo(before);
        register(two, "roams@example.org;4712", ";failed:4=wrong PIN");
        assertThat(evaluations(two)).isEqualTo(before + 1);
    }

    private static long evaluations(TestNode node) throws ReflectiveOperationException {
        Object hasher = TestCluster.field(TestCluster.field(node.node, "core"), "hasher");
        return ((LongAdder) TestCluster.field(hasher, "evaluations")).sum();
    }
}
