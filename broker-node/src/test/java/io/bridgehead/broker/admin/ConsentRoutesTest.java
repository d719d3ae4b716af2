package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay's questions to owners over HTTP. */
class ConsentRoutesTest {

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
    void theListNamesWhatWaitsAndWhoDoesNotTell() throws Exception {
        assertThat(RunningAdmin.json(admin.get("/v1/relay/requests")).encode())
                .isEqualTo("{\"requests\":[{\"id\":\"web.17@relay.invalid\"}],\"missing\":[\"n2\"]}");
    }

    @Test
    void anAnswerIsPassedOn() throws Exception {
        assertThat(admin.send("POST", "/v1/relay/requests/web.17@relay.invalid/accept", null).statusCode()).isEqualTo(204);
        assertThat(admin.send("POST", "/v1/relay/requests/web.17@relay.invalid/reject", null).statusCode()).isEqualTo(204);
        assertThat(admin.consents.answers).containsExactly(true, false);
    }

    @Test
    void aRequestThatDoesNotWaitIsNamed() throws Exception {
        var answer = admin.send("POST", "/v1/relay/requests/web.18@relay.invalid/accept", null);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(RunningAdmin.json(answer).getString("detail"))
                .isEqualTo("id: no request \"web.18@relay.invalid\" waits on a node that answers");
    }

    @Test
    void whatIsNoRequestsNameIsRefused() throws Exception {
        assertThat(admin.send("POST", "/v1/relay/requests/ann/accept", null).statusCode()).isEqualTo(400);
        assertThat(admin.consents.answers).isEmpty();
    }
}
