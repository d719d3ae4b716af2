package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What an operator changes is felt by running sessions within a second. Each test has a bridge of two accounts. */
class EntitlementEndToEndTest {

    /** What is asked of a test machine; the promise is a second, see {@link HundredTries}. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    private static Path directory;

    private static TestNode node;

    private String victim;
    private String partner;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(directory);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void accounts(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase();
        victim = name + ".v@example.org";
        partner = name + ".p@example.org";
        node.accounts(victim, partner);
    }

    private interface Change {
        void make() throws Exception;
    }

    /** The change ends the victim's session with this line, and the partner's bridge. */
    private void assertEnds(Change change, String line) throws Exception {
        try (LineClient ended = node.registered(victim);
                LineClient other = node.registered(partner)) {
            LineClient.bridge(ended, victim, other, partner);
            ended.patience(PATIENCE);
            other.patience(PATIENCE);
            change.make();
            long made = System.nanoTime();
            ended.expect(line);
            ended.expectClosed();
            other.expect(";disconnected");
            assertThat(Duration.ofNanos(System.nanoTime() - made)).isLessThan(PATIENCE);
            other.expectNothingElse();
        }
    }

    private void patch(String expiresAt) throws Exception {
        assertThat(node.admin("PATCH", "/v1/accounts/" + victim, new JsonObject().put("expiresAt", expiresAt))
                        .statusCode())
                .isEqualTo(200);
    }

    private void post(String action, JsonObject body) throws Exception {
        assertThat(node.admin("POST", "/v1/accounts/" + victim + "/" + action, body).statusCode()).isEqualTo(200);
    }

    private static void register(String id, String answer) throws IOException {
        try (LineClient client = node.connect()) {
            client.send(";register=" + id);
            client.expect(answer);
        }
    }

    @Test
    void aBanEndsTheSessionAndAnUnbanLetsItInAgain() throws Exception {
        assertEnds(() -> post("ban", new JsonObject().put("reason", "tests")), ";failed:3=banned");
        register(victim, ";failed:3=banned");
        post("unban", null);
        register(victim, ";registered:" + victim);
    }

    @Test
    void anEndMovedIntoThePastEndsTheSession() throws Exception {
        assertEnds(() -> patch("2020-01-01T00:00:00Z"), ";failed:2=subscription expired");
        register(victim, ";failed:2=subscription expired");
        patch("2199-01-01T00:00:00Z");
        register(victim, ";registered:" + victim);
    }

    @Test
    void timeItselfEndsTheSession() throws Exception {
        Instant end = Instant.now().plusMillis(1_500);
        patch(end.toString());
        try (LineClient ended = node.registered(victim);
                LineClient other = node.registered(partner)) {
            LineClient.bridge(ended, victim, other, partner);
            ended.expect(";failed:2=subscription expired");
            ended.expectClosed();
            other.expect(";disconnected");
            assertThat(Duration.between(end, Instant.now())).isBetween(Duration.ZERO, PATIENCE);
        }
    }

    @Test
    void aLaterEndKeepsTheSession() throws Exception {
        Instant before = Instant.now().plusMillis(1_500);
        patch(before.toString());
        try (LineClient kept = node.registered(victim);
                LineClient other = node.registered(partner)) {
            patch("2199-01-01T00:00:00Z");
            await().until(() -> Instant.now().isAfter(before.plusSeconds(1)));
            LineClient.bridge(kept, victim, other, partner);
        }
    }

    @Test
    void aRemovalEndsTheSession() throws Exception {
        assertEnds(
                () -> assertThat(node.admin("DELETE", "/v1/accounts/" + victim, null).statusCode()).isEqualTo(204),
                ";failed:1=no account found");
        register(victim, ";failed:1=no account found");
    }

    @Test
    void aKickEndsTheSessionAndNothingElse() throws Exception {
        assertEnds(
                () -> assertThat(node.admin("DELETE", "/v1/sessions/" + node.session(victim), null).statusCode())
                        .isEqualTo(204),
                ";error:disconnected by the operator");
        register(victim, ";registered:" + victim);
    }

    @Test
    void tooManyWrongPinsShutTheDoorForEverybodyButTheSessionThatRuns(@TempDir Path fresh) throws Exception {
        try (TestNode strict = TestNode.start(fresh, "accounts.pin-attempts=3")) {
            strict.account("safe@example.org", Optional.of("4711"), Optional.empty());
            try (LineClient owner = strict.connect();
                    LineClient guesser = strict.connect()) {
                owner.send(";register=safe@example.org;4711");
                owner.expect(";registered:safe@example.org");
                for (int guess = 0; guess < 8; guess++) {
                    guesser.send(";register=safe@example.org;000" + guess);
                    String answer = guesser.line();
                    assertThat(answer).isIn(";failed:4=wrong PIN", ";failed:5=too many attempts");
                }
                guesser.send(";register=safe@example.org;4711");
                guesser.expect(";failed:5=too many attempts");
                owner.expectNothingElse();
            }
        }
    }

    @Test
    void withRequirePinStrangersLearnNothing(@TempDir Path fresh) throws Exception {
        try (TestNode strict = TestNode.start(fresh, "accounts.require-pin=true")) {
            strict.account("member@example.org", Optional.of("4711"), Optional.empty());
            strict.accounts("pinless@example.org");
            try (LineClient client = strict.connect()) {
                for (String attempt : new String[] {
                    "member@example.org", "member@example.org;1234", "nobody@example.org", "nobody@example.org;1234",
                    "pinless@example.org", "pinless@example.org;1234"
                }) {
                    client.send(";register=" + attempt);
                    client.expect(";failed:1=no account found or wrong PIN");
                }
                client.send(";register=member@example.org;4711");
                client.expect(";registered:member@example.org");
            }
        }
    }
}
