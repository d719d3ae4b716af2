package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayApiTest {

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
    void aPageOfHostsNamesTheNextAndTheNodesThatAreMissing() throws Exception {
        assertThat(admin.get("/v1/relay/hosts?limit=1").body())
                .isEqualTo("{\"hosts\":[{\"service\":\"web\",\"host\":\"h1\"}],\"missing\":[\"n2\"],\"next\":\"web/h1\"}");
        assertThat(admin.get("/v1/relay/hosts").body()).doesNotContain("next");
        assertThat(admin.get("/v1/relay/services").body()).isEqualTo("{\"services\":[{\"name\":\"web\"}]}");
    }

    @Test
    void aWrongCursorIsToldAndNotEchoedRaw() throws Exception {
        assertThat(admin.get("/v1/relay/hosts?cursor=nonsense").statusCode()).isEqualTo(400);
        assertThat(admin.get("/v1/relay/hosts?cursor=nonsense").body()).contains("expected: the next of the page before");
    }

    @Test
    void aHostIsKickedUnknownOrOnANodeThatDoesNotAnswer() throws Exception {
        assertThat(admin.send("DELETE", "/v1/relay/hosts/web/h1", null).statusCode()).isEqualTo(204);
        assertThat(admin.send("DELETE", "/v1/relay/hosts/web/h3", null).statusCode()).isEqualTo(404);
        assertThat(admin.send("DELETE", "/v1/relay/hosts/web/@192.0.2.1", null).body()).contains("web/@192.0.2.1");
        assertThat(admin.send("DELETE", "/v1/relay/hosts/web/h2", null).statusCode()).isEqualTo(503);
        assertThat(admin.send("DELETE", "/v1/relay/hosts/WEB/h1", null).statusCode()).isEqualTo(400);
    }
}
