package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, and what is refused before any operation sees it. */
class AccessTest {

    private RunningAdmin admin;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        admin = new RunningAdmin(directory);
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer ", "Bearer x", "Bearer SHORT", "Bearer LONG", "Bearer WRONG", "Basic TOKEN",
        "TOKEN", "Bearer TOKEN,TOKEN"})
    void withoutTheTokenNothingIsAnswered(String authorization) throws Exception {
        String token = admin.token;
        String header = authorization
                .replace("SHORT", token.substring(0, token.length() - 1))
                .replace("LONG", token + "A")
                .replace("WRONG", (token.charAt(0) == 'A' ? 'B' : 'A') + token.substring(1))
                .replace("TOKEN", token);
        for (String path : new String[] {"/v1/accounts", "/v1/nothing", "/"}) {
            var request = admin.request("GET", path, null);
            HttpResponse<String> refused =
                    admin.send(header.isEmpty() ? request : request.header("Authorization", header));

            AccountApiTest.assertProblem(refused, 401, "Authorization");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"bridgehead\"");
            assertThat(refused.body()).doesNotContain(token);
        }
    }

    /** Else strangers could hold all connections there may be. */
    @Test
    void withoutTheTokenAConnectionHasOneRequest() throws Exception {
        for (String path : new String[] {"/v1/accounts", "/openapi.yaml"}) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
            String answer = admin.raw(request + request);
            assertThat(answer).containsIgnoringCase("connection: close").endsWith("[closed]");
            assertThat(answer.split("HTTP/1\\.1 ")).as(path).hasSize(2);
        }
    }

    @Test
    void twoAuthorizationsAreNone() throws Exception {
        HttpResponse<String> refused = admin.send(admin.request("GET", "/v1/accounts", null)
                .header("Authorization", "Bearer " + admin.token)
                .header("Authorization", "Bearer " + admin.token));

        assertThat(refused.statusCode()).isEqualTo(401);
    }

    @Test
    void aWriteWithoutTheTokenDoesNothingAndEndsTheConnection() throws Exception {
        String answer = admin.raw("POST /v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: 12\r\n\r\n{\"id\":\"bob\"}");

        assertThat(answer).startsWith("HTTP/1.1 401 ").endsWith("[closed]");
        assertThat(admin.accounts.size()).isZero();
    }

    @Test
    void theSchemeIsReadWithoutRegardToCase() throws Exception {
        assertThat(admin.send(admin.request("GET", "/v1/accounts", null)
                .header("Authorization", "bearer " + admin.token)).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        AccountApiTest.assertProblem(admin.get("/v1/nothing"), 404, "/v1/nothing");
        AccountApiTest.assertProblem(admin.get("/v1/accounts/alice/nothing"), 404, "nothing");
        AccountApiTest.assertProblem(admin.get("/"), 404, "/");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PUT    | /v1/accounts           | GET, POST
            DELETE | /v1/accounts           | GET, POST
            GET    | /v1/accounts/alice/ban | POST
            GET    | /v1/sessions/a-1       | DELETE
            POST   | /openapi.yaml          | GET
            """)
    void anotherMethodIsRefusedWithTheOnesThereAre(String method, String path, String allowed) throws Exception {
        HttpResponse<String> refused = admin.send(method, path, null);

        AccountApiTest.assertProblem(refused, 405, method);
        assertThat(refused.headers().firstValue("Allow")).contains(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/json;charset=utf-16",
        "application/merge-patch+json", "multipart/form-data; boundary=x", "application/jsonx"})
    void anotherMediaTypeIsRefused(String type) throws Exception {
        HttpResponse<String> refused = admin.send(admin.request("POST", "/v1/accounts", null)
                .header("Authorization", "Bearer " + admin.token)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString("{\"id\":\"bob\"}")));

        AccountApiTest.assertProblem(refused, 415, "application/json");
    }

    @Test
    void jsonInUtf8MaySayThatItIs() throws Exception {
        assertThat(admin.send(admin.request("POST", "/v1/accounts", null)
                .header("Authorization", "Bearer " + admin.token)
                .header("Content-Type", "application/json; charset=UTF-8")
                .POST(BodyPublishers.ofString("{\"id\":\"bob\"}"))).statusCode()).isEqualTo(201);
    }

    @Test
    void anAnnouncedBodyBeyondTheLimitIsRefusedUnread() throws Exception {
        assertThat(admin.raw(post("Content-Length: 65537\r\n") + "{")).startsWith("HTTP/1.1 413 ").endsWith("[closed]");
    }

    @Test
    void aMegabyteOfBracketsIsRefusedBeyondTheLimit() throws Exception {
        String chunk = "2000\r\n" + "[".repeat(0x2000) + "\r\n";

        String answer = admin.raw(post("Transfer-Encoding: chunked\r\n") + chunk.repeat(128) + "0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413 ").endsWith("[closed]");
    }

    @ParameterizedTest
    @CsvSource({"32, not match", "33, beyond a limit", "65536, beyond a limit"})
    void nestingEndsAtThirtyTwo(int depth, String named) throws Exception {
        int brackets = depth == 65536 ? depth : depth - 1;
        String body = depth == 65536
                ? "[".repeat(brackets)
                : "{\"nick\":" + "[".repeat(brackets) + "]".repeat(brackets) + "}";

        AccountApiTest.assertProblem(admin.send("PATCH", "/v1/accounts/alice", body), 400, named);
    }

    @Test
    void anEmptyBodyIsRefused() throws Exception {
        AccountApiTest.assertProblem(admin.send("POST", "/v1/accounts", ""), 400, "empty");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws Exception {
        String answer = admin.raw(post("Content-Length: 12\r\n") + "{\"id\":\"b\u00ffb\"}");

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/accounts/%zz", "/v1/accounts/%", "/v1/accounts?query=%zz"})
    void aBrokenEscapeIsRefused(String path) throws Exception {
        String answer = admin.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    }

    private String post(String lengthHeader) {
        return "POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\nContent-Type: application/json\r\n" + lengthHeader + "\r\n";
    }
}
