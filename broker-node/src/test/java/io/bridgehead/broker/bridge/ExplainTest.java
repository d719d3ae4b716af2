package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountPolicy;
import io.bridgehead.broker.account.StoreUnavailable;
import io.bridgehead.broker.bridge.Explanation.Rule;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExplainTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration GRACE = Duration.ofDays(2);
    private static final NodeId SELF = new NodeId("n1");
    private static final NodeId THERE = new NodeId("n2");
    private static final AccountId ALICE = new AccountId("alice", "example.org");
    private static final AccountId BOB = new AccountId("bob", "example.org");
    private static final AccountId BOBBY = new AccountId("bobby", "example.org");

    private final Map<AccountId, Account> accounts = new HashMap<>();
    private final InMemoryPresenceRegistry presence = new InMemoryPresenceRegistry();
    private final NodesInView nodes = new NodesInView(2);

    @BeforeEach
    void aliceAndBobAreRegistered() {
        account(ALICE, Optional.empty(), Optional.empty());
        account(BOB, Optional.empty(), Optional.empty());
        register(ALICE, SELF, 1, Optional.empty());
        register(BOB, SELF, 2, Optional.empty());
    }

    @Test
    void whenNothingIsAgainstItEveryRuleSaysYes() {
        Explanation explanation = explain(ALICE, BOB);

        assertThat(explanation.works()).isTrue();
        assertThat(explanation.rules()).extracting(Rule::rule).containsExactly(
                "caller-account", "caller-not-banned", "caller-not-expired", "caller-registered", "caller-not-bridged",
                "callee-name", "callee-not-caller",
                "callee-account", "callee-not-banned", "callee-not-expired", "callee-registered", "callee-not-bridged");
    }

    @Test
    void aNicknameIsFollowedToItsAccount() {
        Explanation explanation = explain(ALICE, BOBBY);

        assertThat(explanation.works()).isTrue();
        assertThat(detail(explanation, "callee-name")).isEqualTo("bobby@example.org is a name of bob@example.org");
    }

    @Test
    void anUnknownCalleeIsNamedAndTheOtherRulesAreStillAsked() {
        Explanation explanation = explain(ALICE, new AccountId("carol", "example.org"));

        assertThat(refusing(explanation)).containsExactly("callee-name", "callee-account", "callee-registered");
        assertThat(detail(explanation, "callee-account")).contains("carol@example.org");
    }

    @Test
    void anUnknownCallerIsRefusedUnlessAccountsAreOpen() {
        accounts.remove(ALICE);

        assertThat(refusing(explain(ALICE, BOB))).containsExactly("caller-account");
        assertThat(explain(false, ALICE, BOB).works()).isTrue();
    }

    @Test
    void aBanIsToldWithItsReason() {
        account(BOB, Optional.empty(), Optional.of(new BanReason("spam")));

        Explanation explanation = explain(ALICE, BOB);

        assertThat(refusing(explanation)).containsExactly("callee-not-banned");
        assertThat(detail(explanation, "callee-not-banned")).isEqualTo("banned: spam");
    }

    @Test
    void expiryCountsFromItsVeryInstant() {
        account(ALICE, Optional.of(NOW), Optional.empty());
        account(BOB, Optional.of(NOW.plusNanos(1)), Optional.empty());

        assertThat(refusing(explain(ALICE, BOB))).containsExactly("caller-not-expired");
    }

    @Test
    void thePlansGraceCounts() {
        account(ALICE, "gold", Optional.of(NOW.minus(GRACE)), Optional.empty());
        account(BOB, "gold", Optional.of(NOW.minus(GRACE).plusNanos(1)), Optional.empty());

        Explanation explanation = explain(ALICE, BOB);

        assertThat(refusing(explanation)).containsExactly("caller-not-expired");
        assertThat(detail(explanation, "caller-not-expired"))
                .isEqualTo("expired at 2026-11-18T12:00:00Z, with the plan's grace until 2026-11-20T12:00:00Z");
        assertThat(detail(explanation, "callee-not-expired")).startsWith("paid until 2026-11-18T12:00:00.0");
    }

    @Test
    void whoIsNotRegisteredIsNamed() {
        presence.withdraw(BOB, new SessionId(1, 2));

        assertThat(refusing(explain(ALICE, BOB))).containsExactly("callee-registered");
    }

    @Test
    void aRowWhoseSessionIsGoneFromThisNodeIsStale() {
        LocalSessions sessions = nodes.node(1).sessions;
        sessions.disconnected(sessions.find(new SessionId(1, 2)).orElseThrow());

        Explanation explanation = explain(ALICE, BOB);

        assertThat(refusing(explanation)).containsExactly("callee-registered");
        assertThat(detail(explanation, "callee-registered")).contains("gone");
    }

    @Test
    void aSessionOfAnotherNodeIsAskedOfItsNode() {
        register(BOB, THERE, 3, Optional.empty());

        Explanation explanation = explain(ALICE, BOB);

        assertThat(explanation.works()).isTrue();
        assertThat(detail(explanation, "callee-registered")).contains("node n2");
        assertThat(detail(explanation, "callee-not-bridged")).isEqualTo("not bridged");
        register(BOB, THERE, 4, Optional.of("carol"));
        assertThat(refusing(explain(ALICE, BOB))).containsExactly("callee-not-bridged");
    }

    @Test
    void aSessionThatIsGoneFromAnotherNodeIsStale() {
        register(BOB, THERE, 3, Optional.empty());
        LocalSessions sessions = nodes.node(2).sessions;
        sessions.unregistered(BOB, sessions.find(new SessionId(2, 3)).orElseThrow());

        assertThat(refusing(explain(ALICE, BOB))).containsExactly("callee-registered");
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamed() {
        register(BOB, THERE, 3, Optional.empty());
        nodes.node(2).manner = NodesInView.Manner.LOSES_THE_ANSWER;

        Explanation explanation = explain(ALICE, BOB);

        assertThat(refusing(explanation)).containsExactly("callee-not-bridged");
        assertThat(detail(explanation, "callee-not-bridged")).contains("n2").contains("try again");
    }

    @Test
    void aNodeOfAnOlderVersionIsNotHeldAgainstIt() {
        register(BOB, THERE, 3, Optional.of("carol"));
        nodes.node(2).manner = NodesInView.Manner.OF_AN_OLDER_VERSION;

        Explanation explanation = explain(ALICE, BOB);

        assertThat(explanation.works()).isTrue();
        assertThat(detail(explanation, "callee-not-bridged")).contains("n2").contains("alone knows");
    }

    @Test
    void whoIsBridgedIsBusy() {
        register(ALICE, SELF, 4, Optional.of("dave"));
        register(BOB, SELF, 5, Optional.of("carol"));

        Explanation explanation = explain(ALICE, BOB);

        assertThat(refusing(explanation)).containsExactly("caller-not-bridged", "callee-not-bridged");
        assertThat(detail(explanation, "callee-not-bridged")).isEqualTo("bridged with carol");
    }

    @Test
    void nobodyCallsItself() {
        assertThat(refusing(explain(ALICE, ALICE))).containsExactly("callee-not-caller");
    }

    @Test
    void aStoreThatIsDownFailsTheWhole() {
        Future<Explanation> answer = new Explain(() -> policy(true),
                id -> Future.failedFuture(new StoreUnavailable("down", null)), this::resolve,
                presence, nodes.node(1).view, InstantSource.fixed(NOW)).explain(ALICE, BOB);

        assertThat(answer.cause()).isInstanceOf(StoreUnavailable.class);
    }

    private Explanation explain(AccountId caller, AccountId callee) {
        return explain(true, caller, callee);
    }

    private Explanation explain(boolean accountRequired, AccountId caller, AccountId callee) {
        Future<Explanation> answer = new Explain(() -> policy(accountRequired),
                id -> Future.succeededFuture(Optional.ofNullable(accounts.get(id))), this::resolve,
                presence, nodes.node(1).view, InstantSource.fixed(NOW)).explain(caller, callee);
        return answer.toCompletionStage().toCompletableFuture().join();
    }

    private Future<Optional<AccountId>> resolve(AccountId name) {
        AccountId id = name.equals(BOBBY) ? BOB : name;
        return Future.succeededFuture(accounts.containsKey(id) ? Optional.of(id) : Optional.empty());
    }

    private static AccountPolicy policy(boolean accountRequired) {
        return new AccountPolicy(
                accountRequired ? AccountPolicy.Mode.SUBSCRIPTION : AccountPolicy.Mode.OPEN,
                false,
                "example.org",
                "standard",
                Map.of("standard", new AccountPolicy.Plan(1, Duration.ZERO), "gold", new AccountPolicy.Plan(1, GRACE)));
    }

    private void account(AccountId id, Optional<Instant> expiresAt, Optional<BanReason> ban) {
        account(id, "standard", expiresAt, ban);
    }

    private void account(AccountId id, String plan, Optional<Instant> expiresAt, Optional<BanReason> ban) {
        accounts.put(id, new Account(
                id, Optional.empty(), Optional.empty(), plan, expiresAt, ban, true, 1, NOW));
    }

    private void register(AccountId account, NodeId node, long number, Optional<String> partner) {
        SessionInfo session =
                nodes.node(node.equals(SELF) ? 1 : 2).session(number, account.local(), partner).info();
        presence.claim(new Presence(account, account.local(), session.address(), NOW.plusNanos(number), true, 1, 1));
    }

    private static List<String> refusing(Explanation explanation) {
        List<String> refusing = explanation.rules().stream().filter(rule -> !rule.ok()).map(Rule::rule).toList();
        assertThat(explanation.works()).isEqualTo(refusing.isEmpty());
        return refusing;
    }

    private static String detail(Explanation explanation, String rule) {
        return explanation.rules().stream().filter(each -> each.rule().equals(rule)).findFirst().orElseThrow().detail();
    }
}
