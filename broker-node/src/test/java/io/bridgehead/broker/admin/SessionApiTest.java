package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.RecordedSession;
import io.bridgehead.broker.session.CloseReason;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionApiTest {

    private static final AccountId ALICE = new AccountId("alice", "example.org");

    private RunningAdmin admin;
    private RecordedSession alices;
    private RecordedSession stranger;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        admin = new RunningAdmin(directory);
        alices = session(1, Optional.of(ALICE), Optional.of("bob"));
        stranger = session(2, Optional.empty(), Optional.empty());
        admin.sessions.connected(alices);
        admin.sessions.connected(stranger);
        registered(ALICE, alices);
    }

    private void registered(AccountId account, RecordedSession session) {
        admin.sessions.registered(
                session,
                new Entitlement(account, "standard", 1, 1, Optional.empty(), Optional.empty(), true,
                        Optional.empty()),
                new Presence(account, account.local(), session.info().address(), RunningAdmin.NOW, true, 1, 1),
                account.local());
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
    }

    @Test
    void sessionsAreListedWithWhatIsKnownOfThem() throws Exception {
        assertThat(RunningAdmin.json(admin.get("/v1/sessions"))).isEqualTo(new JsonObject("""
                {"sessions":[
                 {"id":"a-1","node":"n1","protocol":"line-tcp","remoteAddress":"127.0.0.7:4001",
                  "connectedAt":"2026-11-20T12:00:00Z","account":"alice@example.org","state":"bridged","partner":"bob"},
                 {"id":"a-2","node":"n1","protocol":"line-tcp","remoteAddress":"127.0.0.7:4002",
                  "connectedAt":"2026-11-20T12:00:00Z","state":"bridged"}],
                 "missing":[]}"""));
    }

    @Test
    void sessionsAreFilteredByAccountAndNode() throws Exception {
        assertThat(sessionIds("?account=Alice")).containsExactly("a-1");
        assertThat(sessionIds("?account=bob")).isEmpty();
        assertThat(sessionIds("?node=n1")).containsExactly("a-1", "a-2");
        AccountApiTest.assertProblem(admin.get("/v1/sessions?node=n2"), 404, "expected: one of [n1]");
        AccountApiTest.assertProblem(admin.get("/v1/sessions?account=a%20b%20c"), 400, "account");
        AccountApiTest.assertProblem(admin.get("/v1/sessions?acount=alice"), 400, "acount");
    }

    @Test
    void sessionsComeInPages() throws Exception {
        JsonObject first = RunningAdmin.json(admin.get("/v1/sessions?limit=1"));
        assertThat(first.getJsonArray("sessions")).hasSize(1);
        assertThat(first.getString("next")).isEqualTo("a-1");
        assertThat(sessionIds("?limit=1&cursor=a-1")).containsExactly("a-2");
        assertThat(RunningAdmin.json(admin.get("/v1/sessions?limit=1&cursor=a-1")).containsKey("next")).isFalse();
        AccountApiTest.assertProblem(admin.get("/v1/sessions?cursor=nobody"), 400, "cursor");
        AccountApiTest.assertProblem(admin.get("/v1/sessions?limit=501"), 400, "limit");
    }

    @Test
    void kickEndsThatSessionAlone() throws Exception {
        assertThat(admin.send("DELETE", "/v1/sessions/a-1", null).statusCode()).isEqualTo(204);

        assertThat(alices.evictions()).containsExactly(CloseReason.KICKED);
        assertThat(stranger.evictions()).isEmpty();
    }

    @Test
    void kickOfASessionThatIsNotHereIsNotFound() throws Exception {
        AccountApiTest.assertProblem(admin.send("DELETE", "/v1/sessions/a-3", null), 404, "a-3");
        AccountApiTest.assertProblem(admin.send("DELETE", "/v1/sessions/alice", null), 400, "id");
        assertThat(alices.evictions()).isEmpty();
    }

    @Test
    void bridgesAreListedOldestFirst() throws Exception {
        admin.bridges.add(bridge(2, "carol", RunningAdmin.NOW.plusSeconds(1)));
        admin.bridges.add(bridge(1, "bob", RunningAdmin.NOW));

        assertThat(RunningAdmin.json(admin.get("/v1/bridges"))).isEqualTo(new JsonObject("""
                {"bridges":[
                 {"call":"a-1/1","caller":"alice","callerNode":"n1","callee":"bob","calleeNode":"n1",
                  "since":"2026-11-20T12:00:00Z"},
                 {"call":"a-1/2","caller":"alice","callerNode":"n1","callee":"carol","calleeNode":"n1",
                  "since":"2026-11-20T12:00:01Z"}],
                 "missing":[]}"""));
        JsonObject first = RunningAdmin.json(admin.get("/v1/bridges?limit=1"));
        JsonObject second = RunningAdmin.json(admin.get("/v1/bridges?limit=1&cursor=" + first.getString("next")));
        assertThat(second.getJsonArray("bridges").getJsonObject(0).getString("call")).isEqualTo("a-1/2");
        assertThat(second.containsKey("next")).isFalse();
        AccountApiTest.assertProblem(admin.get("/v1/bridges?cursor=a-1"), 400, "cursor");
    }

    private BridgeInfo bridge(int number, String callee, Instant since) {
        SessionAddress address = alices.info().address();
        return new BridgeInfo(
                new CallId(address.session(), number),
                new Party(address, ALICE, "alice"),
                new Party(address, new AccountId(callee, "example.org"), callee),
                since);
    }

    @Test
    void explainNamesTheRuleThatSaysNo() throws Exception {
        admin.send("POST", "/v1/accounts", "{\"id\":\"alice\"}");
        admin.send("POST", "/v1/accounts", "{\"id\":\"bob\"}");
        register("alice", 11);
        register("bob", 12);
        assertThat(refusing("/v1/explain?caller=alice&callee=bob")).isEmpty();

        admin.send("POST", "/v1/accounts/bob/ban", "{\"reason\":\"spam\"}");
        assertThat(refusing("/v1/explain?caller=alice&callee=bob")).containsExactly("callee-not-banned");
    }

    @Test
    void explainWithTheStoreDownSaysSo() throws Exception {
        admin.accounts.down();

        HttpResponse<String> answer = admin.get("/v1/explain?caller=alice&callee=bob");

        AccountApiTest.assertProblem(answer, 503, "account store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?caller=alice", "?callee=alice", "?caller=alice&callee=", "?caller=x&callee=bob"})
    void explainNeedsTwoIds(String query) throws Exception {
        AccountApiTest.assertProblem(admin.get("/v1/explain" + query), 400, "call");
    }

    private List<String> refusing(String path) throws Exception {
        JsonObject answer = RunningAdmin.json(admin.get(path));
        List<String> refusing = answer.getJsonArray("rules").stream()
                .map(JsonObject.class::cast)
                .filter(rule -> !rule.getBoolean("ok"))
                .map(rule -> rule.getString("rule"))
                .toList();
        assertThat(answer.getBoolean("works")).isEqualTo(refusing.isEmpty());
        return refusing;
    }

    private List<String> sessionIds(String query) throws Exception {
        return RunningAdmin.json(admin.get("/v1/sessions" + query)).getJsonArray("sessions").stream()
                .map(row -> ((JsonObject) row).getString("id"))
                .toList();
    }

    private void register(String name, long number) {
        AccountId account = new AccountId(name, "example.org");
        RecordedSession session = session(number, Optional.of(account), Optional.empty());
        admin.sessions.connected(session);
        registered(account, session);
        admin.presence.claim(
                new Presence(account, name, session.info().address(), RunningAdmin.NOW, true, 1, 1));
    }

    private static RecordedSession session(long number, Optional<AccountId> account, Optional<String> partner) {
        return new RecordedSession(new SessionInfo(
                new SessionAddress(RunningAdmin.NODE, new SessionId(10, number)), "line-tcp",
                "127.0.0.7:" + (4000 + number), RunningAdmin.NOW, account, "bridged", partner));
    }
}
