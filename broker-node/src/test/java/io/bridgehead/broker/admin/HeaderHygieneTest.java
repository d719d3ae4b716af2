package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two requests in one write: the second must never be taken for one, however the first lies about its length. */
class HeaderHygieneTest {

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
    @ValueSource(strings = {
        "Content-Length: 12\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 12",
        "Content-Length: 12\r\nContent-Length: 12",
        "Content-Length: 12\r\nContent-Length: 13",
        "Content-Length: 12, 12",
        "Content-Length: 12\r\nContent-Xength: 0",
        "Content-Xength: 12",
        "content-xength: 12",
        "CONTENT-XENGTH: 12",
        "Content_Length: 12",
        "Content-Lengt: 12",
        "Content--Length: 12",
        "Content-Lengthh: 12",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer_Encoding: chunked",
        "Transfer-Xncoding: chunked",
        "Transfer-Encoding : chunked",
        "Content-Length: -1",
        "Content-Length: +12",
        "Content-Length: 99999999999999999999",
    })
    void aLengthInDoubtIsRefusedAndEndsTheConnection(String headers) throws Exception {
        String answer = admin.raw("POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\nContent-Type: application/json\r\n" + headers + "\r\n\r\n{\"id\":\"bob\"}" + deleteOf("bob"));

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/problem+json").endsWith("[closed]");
        assertThat(answer.split("HTTP/1\\.[01] ")).as(answer).hasSize(2);
        assertThat(admin.accounts.size()).isZero();
    }

    @Test
    void aClearLengthIsReadAndTheConnectionStaysOpen() throws Exception {
        String answer = admin.raw("POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\nContent-Type: application/json\r\ncontent-length: 12\r\n\r\n{\"id\":\"bob\"}"
                + deleteOf("bob"));

        assertThat(answer).contains("HTTP/1.1 201 ", "HTTP/1.1 204 ").endsWith("[open]");
    }

    @Test
    void chunksAreReadToo() throws Exception {
        String answer = admin.raw("POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\n{\"id\"\r\n7\r\n:\"bob\"}\r\n0\r\n\r\n" + deleteOf("bob"));

        assertThat(answer).contains("HTTP/1.1 201 ", "HTTP/1.1 204 ").endsWith("[open]");
    }

    @Test
    void aRefusedBodyEndsTheConnection() throws Exception {
        String answer = admin.raw("POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" + deleteOf("bob"));

        assertThat(answer).startsWith("HTTP/1.1 400 ").containsIgnoringCase("connection: close").endsWith("[closed]");
        assertThat(answer.split("HTTP/1\\.[01] ")).as(answer).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 9_000})
    void aLineOrHeadersBeyondTheLimitAreRefused(int length) throws Exception {
        String name = "a".repeat(length);
        String answer = admin.raw(length < 8192
                ? "GET /v1/accounts?query=" + name + " HTTP/1.1\r\nHost: x\r\n\r\n"
                : "GET /v1/accounts HTTP/1.1\r\nHost: x\r\nX-Name: " + name + "\r\n\r\n");

        assertThat(answer)
                .containsPattern(length < 8192 ? "^HTTP/1.[01] 414 " : "^HTTP/1.[01] 431 ")
                .endsWith("[closed]");
    }

    @Test
    void anUpgradeToHttp2IsNotTaken() throws Exception {
        assertThat(admin.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotStartWith("\0");
        assertThat(admin.raw("GET /openapi.yaml HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }

    private String deleteOf(String account) {
        return "DELETE /v1/accounts/" + account + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                + "\r\n\r\n";
    }
}
