package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.cluster.HazelcastPresenceRegistry;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.Presence;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose ends are on different nodes; {@code from}: the number of the caller's node. Users are per test. */
class ClusterSwitchboardEndToEndTest {

    private static final int RACES = 150;

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private final List<LineClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 2, "accounts.mode=open", "estim.call-timeout=3s");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void hangUp() throws Exception {
        for (LineClient client : clients) {
            client.close();
        }
        for (TestNode node : cluster.nodes()) {
            await().untilAsserted(() -> {
                assertThat(node.sessions()).isZero();
                assertThat(node.metric("bridgehead_bridges")).isZero();
            });
        }
    }

    private LineClient on(int node, String id) throws IOException {
        LineClient client = cluster.node(node).registered(id);
        clients.add(client);
        return client;
    }

    private static void assertBridged(LineClient one, LineClient two) throws IOException {
        one.write("to and\n");
        two.expectData("to and\n");
        two.write("fro\n");
        one.expectData("fro\n");
    }

    // ---- calling

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anAcceptedCallBridgesAndAnEndIsToldToTheOther(int from) throws Exception {
        LineClient caller = on(from, "caller");
        LineClient callee = on(1 - from, "callee");
        LineClient.bridge(caller, "caller", callee, "callee");
        assertBridged(caller, callee);
        caller.send(";end");
        callee.expect(";disconnected");
        caller.expectNothingElse();
        LineClient.bridge(callee, "callee", caller, "caller");
        assertBridged(caller, callee);
        caller.send(";end");
        callee.expect(";disconnected");
        callee.expectNothingElse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRejectedCallIsDenied(int from) throws Exception {
        LineClient caller = on(from, "caller");
        LineClient callee = on(1 - from, "callee");
        caller.send(";connect=callee");
        callee.expect(";connect=caller");
        callee.send(";reject=caller");
        caller.expect(";denied");
        callee.send(";accept=caller");
        callee.expect(";error:no connect request from caller");
        LineClient.bridge(caller, "caller", callee, "callee");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aWithdrawnCallCannotBeAccepted(int from) throws Exception {
        LineClient caller = on(from, "caller");
        LineClient callee = on(1 - from, "callee");
        caller.send(";connect=callee");
        callee.expect(";connect=caller");
        caller.send(";end");
        caller.expectNothingElse();
        callee.send(";accept=caller");
        callee.expect(";unavailable:caller");
        LineClient.bridge(caller, "caller", callee, "callee");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aCallNobodyAnswersTimesOut(int from) throws Exception {
        LineClient caller = on(from, "caller");
        LineClient callee = on(1 - from, "callee");
        caller.send(";connect=callee");
        callee.expect(";connect=caller");
        caller.expect(";unavailable:callee");
        callee.send(";accept=caller");
        callee.expect(";unavailable:caller");
        caller.expectNothingElse();
        LineClient.bridge(callee, "callee", caller, "caller");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void ofSeveralCallersOneIsTakenAndTheOthersHearBusy(int from) throws Exception {
        LineClient wanted = on(1 - from, "wanted");
        LineClient first = on(from, "first");
        LineClient second = on(1 - from, "second");
        LineClient third = on(from, "third");
        first.send(";connect=wanted");
        wanted.expect(";connect=first");
        second.send(";connect=wanted");
        wanted.expect(";connect=second");
        third.send(";connect=wanted");
        wanted.expect(";connect=third");
        wanted.send(";accept=third");
        wanted.expect(";connected");
        third.expect(";connected");
        first.expect(";busy:wanted");
        second.expect(";busy:wanted");
        for (String bridged : new String[] {"wanted", "third"}) {
            first.send(";connect=" + bridged);
            first.expect(";busy:" + bridged);
            second.send(";connect=" + bridged);
            second.expect(";busy:" + bridged);
        }
        assertBridged(wanted, third);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoHasGoneIsUnavailable(int from) throws Exception {
        LineClient caller = on(from, "caller");
        LineClient callee = on(1 - from, "callee");
        callee.send(";connect=caller");
        caller.expect(";connect=callee");
        callee.send(";quit");
        callee.expectClosed();
        caller.send(";accept=callee");
        caller.expect(";unavailable:callee");
        await().ignoreExceptions().untilAsserted(() -> {
            caller.send(";connect=callee");
            caller.expect(";unavailable:callee");
        });
        caller.send(";connect=nobody");
        caller.expect(";unavailable:nobody");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aNicknameIsCalledAndShownLikeAnId(int from) throws Exception {
        cluster.node(0).account("long.name." + from + ".a", Optional.empty(), Optional.of("Ada" + from));
        cluster.node(0).account("long.name." + from + ".b", Optional.empty(), Optional.of("Babbage" + from));
        LineClient ada = on(from, "long.name." + from + ".a");
        LineClient babbage = on(1 - from, "long.name." + from + ".b");
        LineClient.bridge(ada, "Ada" + from, babbage, "babbage" + from);
        assertBridged(ada, babbage);
    }

    // ---- presence

    @Test
    void usersOfAllNodesAreListedAndTheInvisibleAreOnlyCounted() throws Exception {
        cluster.node(1).accounts("hidden");
        LineClient ann = on(0, "ann");
        LineClient bob = on(1, "bob");
        LineClient hidden = on(1, "hidden");
        for (LineClient each : List.of(ann, bob)) {
            each.send(";users");
            each.expect(";user:ann", ";user:bob", ";user:hidden", ";total:3");
        }
        hidden.send(";invisible");
        hidden.expectNothingElse();
        await().ignoreExceptions().untilAsserted(() -> {
            List<String> shown = new ArrayList<>();
            ann.send(";users");
            for (String line = ann.line(); !line.startsWith(";total:"); line = ann.line()) {
                shown.add(line);
            }
            assertThat(shown).containsExactly(";user:ann", ";user:bob");
        });
        LineClient.bridge(ann, "ann", hidden, "hidden");
        ann.send(";end");
        hidden.expect(";disconnected");
        hidden.send(";visible");
        hidden.expectNothingElse();
    }

    @Test
    void theGreetingCountsTheUsersOfAllNodes() throws Exception {
        on(0, "ann");
        on(1, "bob");
        on(1, "eve");
        for (TestNode node : cluster.nodes()) {
            await().untilAsserted(() -> {
                try (LineClient next = LineClient.silent(node.tcp(), 0)) {
                    assertThat(next.line()).contains(" - 3 users registered - ");
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theNewestRegistrationWinsAcrossNodes(int from) throws Exception {
        LineClient older = on(from, "phone");
        LineClient friend = on(1 - from, "friend");
        LineClient.bridge(older, "phone", friend, "friend");
        LineClient newer = on(1 - from, "phone");
        older.expect(";error:registered elsewhere");
        older.expectClosed();
        friend.expect(";disconnected");
        LineClient.bridge(friend, "friend", newer, "phone");
        assertBridged(friend, newer);
        newer.send(";users");
        newer.expect(";user:friend", ";user:phone", ";total:2");
    }

    /** Such a row is left behind when a withdrawal is lost. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRowWithoutItsSessionIsRemovedAndAnsweredUnavailable(int rowOf) throws Exception {
        LineClient caller = on(0, "caller");
        AccountId ghost = AccountId.require("ghost", TestNode.HOME);
        SessionId living = SessionId.parse(cluster.node(0).session("caller")).orElseThrow();
        Presence row = new Presence(
                ghost,
                "ghost",
                new SessionAddress(new NodeId("n" + (rowOf + 1)), new SessionId(living.incarnation() + 1, 0)),
                Instant.now(),
                true,
                0,
                0);
        try (HazelcastPresenceRegistry registry = new HazelcastPresenceRegistry(cluster.hazelcast(1))) {
            assertThat(join(registry.claim(row))).isEmpty();
            caller.send(";connect=ghost");
            caller.expect(";unavailable:ghost");
            assertThat(join(registry.find(ghost))).isEmpty();
        }
    }

    private static <T> T join(io.vertx.core.Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    // ---- races

    /** However two calls cross, both ends are told of one bridge, and it is the same one. */
    @Test
    void callsThatCrossMakeOneBridge() throws Exception {
        for (int round = 0; round < RACES; round++) {
            // new users each round: an offer of the call that did not lead to the bridge may be late
            String leftId = "left" + round;
            String rightId = "right" + round;
            try (LineClient left = cluster.node(0).registered(leftId);
                    LineClient right = cluster.node(1).registered(rightId)) {
                CompletableFuture<Void> other = inBackground(() -> cross(left, rightId));
                cross(right, leftId);
                other.join();
                assertBridged(left, right);
                assertThat(bridges()).isEqualTo(1);
                LineClient ends = round % 2 == 0 ? left : right;
                LineClient told = round % 2 == 0 ? right : left;
                ends.send(";end");
                told.expect(";disconnected");
                await().until(() -> bridges() == 0);
            }
        }
    }

    private static void cross(LineClient client, String other) throws IOException {
        client.send(";connect=" + other);
        String line = client.line();
        if (line.equals(";connect=" + other)) {
            client.send(";accept=" + other);
            line = client.line();
        }
        assertThat(line).isEqualTo(";connected");
    }

    private static int bridges() throws Exception {
        return new JsonObject(cluster.node(0).admin("GET", "/v1/bridges", null).body())
                .getJsonArray("bridges")
                .size();
    }

    /** The caller says {@code ;end} while the callee accepts: in a moment neither is bridged. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anAcceptThatMeetsAWithdrawalBridgesNobodyForGood(int from) throws Exception {
        LineClient caller = on(from, "caller");
        LineClient callee = on(1 - from, "callee");
        for (int round = 0; round < RACES; round++) {
            caller.send(";connect=callee");
            callee.expect(";connect=caller");
            CyclicBarrier start = new CyclicBarrier(2);
            CompletableFuture<Void> left = inBackground(() -> {
                start.await();
                caller.send(";end");
            });
            start.await();
            spin(round);
            callee.send(";accept=caller");
            assertTurnedDownOrEnded(callee);
            left.join();
            callee.expectNothingElse();
            expectAtMostConnected(caller);
        }
    }

    /** The caller's connection drops while the callee accepts. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anAcceptThatMeetsADroppedCallerBridgesNobodyForGood(int from) throws Exception {
        LineClient callee = on(1 - from, "callee");
        for (int round = 0; round < RACES; round++) {
            String id = "caller" + round;
            LineClient caller = on(from, id);
            caller.send(";connect=callee");
            callee.expect(";connect=" + id);
            CyclicBarrier start = new CyclicBarrier(2);
            CompletableFuture<Void> left = inBackground(() -> {
                start.await();
                caller.reset();
            });
            start.await();
            spin(round);
            callee.send(";accept=" + id);
            assertTurnedDownOrEnded(callee);
            left.join();
            callee.expectNothingElse();
        }
    }

    private static void assertTurnedDownOrEnded(LineClient callee) throws IOException {
        String line = callee.line();
        if (line.equals(";connected")) {
            callee.expect(";disconnected");
        } else {
            assertThat(line).startsWith(";unavailable:caller");
        }
    }

    /** It may have heard of the bridge that it ended at once. */
    private static void expectAtMostConnected(LineClient caller) throws IOException {
        caller.send(";help");
        String line = caller.line();
        if (line.equals(";connected")) {
            line = caller.line();
        }
        for (; !line.equals(";help:help - this list"); line = caller.line()) {
            assertThat(line).startsWith(";help:");
        }
    }

    /** A little more time each round, up to about a millisecond, so that the two meet in every way. */
    private static void spin(int round) {
        long until = System.nanoTime() + round * 10_000L;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    /** One id registers on both nodes at the same moment: one of the two stays, the other is told and closed. */
    @Test
    void ofTwoClaimsAtOnceExactlyOneStays() throws Exception {
        LineClient friend = on(0, "friend");
        for (int round = 0; round < RACES; round++) {
            try (LineClient one = cluster.node(0).connect();
                    LineClient two = cluster.node(1).connect()) {
                CyclicBarrier start = new CyclicBarrier(2);
                CountDownLatch decided = new CountDownLatch(2);
                CompletableFuture<Boolean> first = stays(one, start, decided);
                CompletableFuture<Boolean> second = stays(two, start, decided);
                // who is called before being told of its registration is not here yet
                assertThat(decided.await(10, TimeUnit.SECONDS)).as("round %d", round).isTrue();
                assertThat(CompletableFuture.anyOf(first, second).join()).as("round %d", round).isEqualTo(false);
                friend.send(";connect=claimed");
                assertThat(first.join()).isNotEqualTo(second.join());
                LineClient winner = first.join() ? one : two;
                winner.send(";accept=friend");
                winner.expect(";connected");
                friend.expect(";connected");
                assertBridged(friend, winner);
                friend.send(";end");
                winner.expect(";disconnected");
            }
        }
    }

    /** Whether it stays until it is called; whoever does not is told why. */
    private static CompletableFuture<Boolean> stays(
            LineClient client, CyclicBarrier start, CountDownLatch decided) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        inBackground(() -> {
            start.await();
            client.send(";register=claimed");
            String line = client.line();
            decided.countDown();
            if (line.equals(";registered:claimed")) {
                line = client.line();
            }
            if (!line.equals(";connect=friend")) {
                assertThat(line).isEqualTo(";error:registered elsewhere");
                client.expectClosed();
            }
            result.complete(line.equals(";connect=friend"));
        }).exceptionally(failed -> {
            result.completeExceptionally(failed);
            return null;
        });
        return result;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inBackground(Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                step.run();
                done.complete(null);
            } catch (Exception | AssertionError failed) {
                done.completeExceptionally(failed);
            }
        });
        return done;
    }
}
