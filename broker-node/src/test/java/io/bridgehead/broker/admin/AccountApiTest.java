package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.HashingBusy;
import io.bridgehead.broker.account.StoreFull;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountApiTest {

    private RunningAdmin admin;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        admin = new RunningAdmin(directory);
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
    }

    @Test
    void createAnswersTheAccountAndWhereItIs() throws Exception {
        HttpResponse<String> made = admin.send("POST", "/v1/accounts", """
                {"id":"Alice","pin":"4711","nickname":"ally","expiresAt":"2027-01-31T01:00:00+01:00"}""");

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).contains("/v1/accounts/alice@example.org");
        assertThat(made.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(RunningAdmin.json(made)).isEqualTo(new JsonObject("""
                {"id":"alice@example.org","nickname":"ally","plan":"standard","expiresAt":"2027-01-31T00:00:00Z",
                 "banned":false,"visible":true,"hasPin":true,"epoch":1,"createdAt":"2026-11-20T08:00:00Z"}"""));
        assertThat(made.body()).doesNotContain("4711").doesNotContain("hash");
        String location = made.headers().firstValue("Location").orElseThrow();
        assertThat(admin.get(location).body()).isEqualTo(made.body());
    }

    @Test
    void aPlusInAnIdStaysAPlusInThePath() throws Exception {
        HttpResponse<String> made = create("a+b@example.net");

        assertThat(admin.get("/v1/accounts/a+b@example.net").statusCode()).isEqualTo(200);
        assertThat(admin.get("/v1/accounts/a%2Bb%40example.net").statusCode()).isEqualTo(200);
        assertThat(admin.get(made.headers().firstValue("Location").orElseThrow()).statusCode()).isEqualTo(200);
        assertThat(admin.get("/v1/accounts/a%252Bb@example.net").statusCode()).isEqualTo(404);
    }

    @Test
    void aTakenIdOrNicknameIsAConflict() throws Exception {
        create("alice");
        admin.send("PATCH", "/v1/accounts/alice", "{\"nickname\":\"ally\"}");

        HttpResponse<String> sameId = create("ALICE@example.org");
        HttpResponse<String> sameNickname =
                admin.send("POST", "/v1/accounts", "{\"id\":\"bob\",\"nickname\":\"ally\"}");

        assertProblem(sameId, 409, "alice@example.org");
        assertProblem(sameNickname, 409, "nickname");
        assertThat(admin.accounts.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                           | id
            []                                           | request body
            null                                         | request body
            "x"                                          | request body
            {"id":5}                                     | id
            {"id":"ab"}                                  | id
            {"id":"a b c"}                               | id
            {"id":"x@y@z"}                               | id
            {"id":"bob","nick":"x"}                      | nick
            {"id":"bob","nickname":"b@b"}                | nickname
            {"id":"bob","expiresAt":"tomorrow"}          | expiresAt
            {"id":"bob","expiresAt":"2027-13-01T00:00Z"} | expiresAt
            {"id":"bob","plan":"gold"}                   | plan
            {"id":"bob","plan":null}                     | plan
            {"id":"bob","pin":""}                        | pin
            {"id":"bob"                                  | not JSON
            {"id":"bob"} x                               | not JSON
            {"id":"bob"} {}                              | behind the JSON value
            {"id":"bob","id":"eve"}                      | twice
            {"id":"bob","x":1e999999999}                 | beyond the range
            {"id":"bob","x":123456789012345678901}       | beyond a limit
            {"id":"bob\\ud800"}                          | surrogate
            """)
    void aBodyThatBreaksARuleIsRefusedByName(String body, String named) throws Exception {
        assertProblem(admin.send("POST", "/v1/accounts", body), 400, named);
        assertThat(admin.accounts.size()).isZero();
    }

    @Test
    void aNicknameThatWouldForgeALineIsRefusedAndNotEchoedRaw() throws Exception {
        HttpResponse<String> refused = admin.send("POST", "/v1/accounts",
                "{\"id\":\"bob\",\"nickname\":\"x\\r\\n;failed:3=banned\"}");

        assertProblem(refused, 400, "nickname");
        assertThat(refused.body().chars()).noneMatch(Character::isISOControl);
        assertThat(RunningAdmin.json(refused).getString("detail").chars()).noneMatch(Character::isISOControl);
        assertThat(admin.accounts.size()).isZero();
    }

    @Test
    void noRefusalTellsThePin() throws Exception {
        for (String body : new String[] {
            "{\"id\":\"bob\",\"pin\":\"s3cret-pin\",\"nickname\":\"b b\"}",
            "{\"id\":\"bob\",\"pin\":{\"x\":\"s3cret-pin\"}}",
            "{\"id\":\"bob\",\"pin\":\"s3cret-pin\" oops",
            "{\"id\":\"bob\",\"pin\":s3cret-pin}",
            "{\"id\":\"bob\",\"pin\":\"" + "s3cret-pin".repeat(20) + "\"}"
        }) {
            HttpResponse<String> refused = admin.send("POST", "/v1/accounts", body);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).doesNotContain("s3cret");
        }
    }

    @Test
    void patchChangesWhatIsThereClearsNullsAndLeavesTheRest() throws Exception {
        admin.send("POST", "/v1/accounts", """
                {"id":"alice","pin":"4711","nickname":"ally","expiresAt":"2027-01-31T00:00:00Z"}""");

        HttpResponse<String> renamed = admin.send("PATCH", "/v1/accounts/alice", "{\"nickname\":\"lis\"}");
        assertThat(RunningAdmin.json(renamed).getString("nickname")).isEqualTo("lis");
        assertThat(RunningAdmin.json(renamed).getBoolean("hasPin")).isTrue();
        assertThat(RunningAdmin.json(renamed).getString("expiresAt")).isEqualTo("2027-01-31T00:00:00Z");
        assertThat(RunningAdmin.json(renamed).getInteger("epoch")).isEqualTo(2);

        HttpResponse<String> cleared = admin.send("PATCH", "/v1/accounts/alice",
                "{\"nickname\":null,\"pin\":null,\"expiresAt\":null}");
        assertThat(cleared.statusCode()).isEqualTo(200);
        assertThat(RunningAdmin.json(cleared).containsKey("nickname")).isFalse();
        assertThat(RunningAdmin.json(cleared).containsKey("expiresAt")).isFalse();
        assertThat(RunningAdmin.json(cleared).getBoolean("hasPin")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\":\"eve\"}", "{\"plan\":null}", "{\"banned\":true}", "{\"nickname\":7}"})
    void aPatchOfNothingOrOfAForeignFieldIsRefused(String body) throws Exception {
        create("alice");

        assertThat(admin.send("PATCH", "/v1/accounts/alice", body).statusCode()).isEqualTo(400);
        assertThat(RunningAdmin.json(admin.get("/v1/accounts/alice")).getInteger("epoch")).isEqualTo(1);
    }

    @Test
    void banAndUnbanTellTheReason() throws Exception {
        create("alice");

        JsonObject banned = RunningAdmin.json(admin.send("POST", "/v1/accounts/alice/ban", "{\"reason\":\"spam\"}"));
        assertThat(banned.getBoolean("banned")).isTrue();
        assertThat(banned.getString("banReason")).isEqualTo("spam");

        JsonObject free = RunningAdmin.json(admin.send("POST", "/v1/accounts/alice/unban", null));
        assertThat(free.getBoolean("banned")).isFalse();
        assertThat(free.containsKey("banReason")).isFalse();

        assertProblem(admin.send("POST", "/v1/accounts/alice/ban", "{}"), 400, "reason");
        assertProblem(admin.send("POST", "/v1/accounts/alice/ban", "{\"reason\":\"a\\u2028b\"}"), 400, "reason");
        assertProblem(admin.send("POST", "/v1/accounts/alice/unban", "{\"x\":1}"), 400, "request body");
    }

    @Test
    void deleteRemovesOnce() throws Exception {
        create("alice");

        assertThat(admin.send("DELETE", "/v1/accounts/alice", null).statusCode()).isEqualTo(204);
        assertProblem(admin.send("DELETE", "/v1/accounts/alice", null), 404, "alice@example.org");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /v1/accounts/nobody       |
            PATCH  | /v1/accounts/nobody       | {"nickname":"bob"}
            DELETE | /v1/accounts/nobody       |
            POST   | /v1/accounts/nobody/ban   | {"reason":"spam"}
            POST   | /v1/accounts/nobody/unban |
            """)
    void anUnknownAccountIsNotFound(String method, String path, String body) throws Exception {
        assertProblem(admin.send(method, path, body), 404, "nobody@example.org");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "a%20b%20c", "a%0D%0Abc", "x@", "a;b;c"})
    void anIdThatIsNoneIsRefused(String id) throws Exception {
        HttpResponse<String> refused = admin.get("/v1/accounts/" + id);

        assertProblem(refused, 400, "id");
        assertThat(RunningAdmin.json(refused).getString("detail").chars()).noneMatch(Character::isISOControl);
    }

    @Test
    void listPagesThroughWhatMatches() throws Exception {
        for (String id : new String[] {"alice", "alina", "bob"}) {
            create(id);
        }

        JsonObject first = RunningAdmin.json(admin.get("/v1/accounts?query=ali&limit=1"));
        assertThat(ids(first)).containsExactly("alice@example.org");
        JsonObject second =
                RunningAdmin.json(admin.get("/v1/accounts?query=ali&limit=1&cursor=" + first.getString("next")));
        assertThat(ids(second)).containsExactly("alina@example.org");
        assertThat(second.containsKey("next")).isFalse();
        assertThat(ids(RunningAdmin.json(admin.get("/v1/accounts")))).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"limit=0,limit", "limit=501,limit", "limit=x,limit", "limit=1&limit=2,limit", "cursor=,cursor",
        "limits=5,limits", "limit=99999999999999,limit",
        // PostgreSQL has no text with it
        "query=%00,query", "query=a%0A%00b,query", "cursor=%00,cursor", "cursor=a%00,cursor"})
    void aListQueryOutsideTheDocumentIsRefused(String query, String named) throws Exception {
        assertProblem(admin.get("/v1/accounts?" + query), 400, named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /v1/accounts              | {"id":"bob"}
            GET    | /v1/accounts              |
            GET    | /v1/accounts/alice        |
            PATCH  | /v1/accounts/alice        | {"nickname":"bob"}
            DELETE | /v1/accounts/alice        |
            POST   | /v1/accounts/alice/ban    | {"reason":"spam"}
            POST   | /v1/accounts/alice/unban  |
            """)
    void aStoreThatIsDownIsToldAndNothingIsDone(String method, String path, String body) throws Exception {
        create("alice");
        admin.accounts.down();

        HttpResponse<String> refused = admin.send(method, path, body);

        assertProblem(refused, 503, "nothing was changed");
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(refused.body()).doesNotContain("db.example.org");
        assertThat(admin.accounts.size()).isEqualTo(1);
    }

    /** Whoever has the token is the one who can make room. */
    @Test
    void aFullDiskOfTheStoreIsNamed() throws Exception {
        admin.accounts.fail(new StoreFull("the disk of the account store is full: store.url jdbc:sqlite:/data/a.db", null));

        HttpResponse<String> refused = admin.send("POST", "/v1/accounts", "{\"id\":\"bob\"}");

        assertProblem(refused, 503, "disk of the account store is full");
        assertProblem(refused, 503, "jdbc:sqlite:/data/a.db; nothing was changed");
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
    }

    @Test
    void whileTooManyPinsAreCheckedTheOperatorIsAskedToComeBack() throws Exception {
        admin.accounts.fail(new HashingBusy(Duration.ofSeconds(3)));

        HttpResponse<String> refused = admin.send("POST", "/v1/accounts", "{\"id\":\"bob\",\"pin\":\"1234\"}");

        assertProblem(refused, 503, "nothing was changed");
        assertThat(refused.headers().firstValue("Retry-After")).contains("3");
    }

    @Test
    void anErrorOfOursTellsNothingOfItself() throws Exception {
        admin.accounts.fail(new IllegalStateException("inner secret"));

        HttpResponse<String> failed = admin.get("/v1/accounts/alice");

        assertProblem(failed, 500, "see its log");
        assertThat(failed.body()).doesNotContain("inner secret").doesNotContain("IllegalState");
    }

    private HttpResponse<String> create(String id) throws Exception {
        return admin.send("POST", "/v1/accounts", new JsonObject().put("id", id).encode());
    }

    private static List<String> ids(JsonObject page) {
        JsonArray rows = page.getJsonArray("accounts");
        return rows.stream().map(row -> ((JsonObject) row).getString("id")).toList();
    }

    static void assertProblem(HttpResponse<String> response, int status, String inDetail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonObject problem = RunningAdmin.json(response);
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("type")).isEqualTo("about:blank");
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("detail")).contains(inDetail);
    }
}
