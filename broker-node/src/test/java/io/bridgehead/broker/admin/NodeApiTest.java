package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeApiTest {

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
    void nodesAreListedWithWhatIsKnownOfThem() throws Exception {
        assertThat(RunningAdmin.json(admin.get("/v1/nodes"))).isEqualTo(new JsonObject("""
                {"nodes":[
                 {"name":"n1","self":true,"incarnation":"ff","address":"192.0.2.1:5701","answers":true,"state":"ready",
                  "version":"1.2","since":"2026-11-20T12:00:00Z","sessions":3,"bridges":1},
                 {"name":"n2","self":false,"incarnation":"ff","answers":false,"state":"unreachable"},
                 {"name":"n3","self":false,"incarnation":"ff","answers":true,"state":"unknown"}]}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "drain, 202, DRAIN",
        "drain?stop=false, 202, DRAIN",
        "drain?stop=true, 202, DRAIN_AND_STOP",
        "undrain, 200, UNDRAIN"
    })
    void ordersArePassedOnAndTheNodeIsShown(String action, int status, NodeOrder order) throws Exception {
        HttpResponse<String> answer = admin.send("POST", "/v1/nodes/n1/" + action, null);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(RunningAdmin.json(answer).getString("name")).isEqualTo("n1");
        assertThat(admin.nodes.orders).containsExactly(new RecordedNodes.Given(new NodeId("n1"), order));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/nodes/n2/drain, 504, does not answer on the bus",
        "POST, /v1/nodes/n3/undrain, 409, node n3: it stops",
        "POST, /v1/nodes/n4/drain, 404, no node n4 in the cluster",
        "POST, /v1/nodes/n%204/drain, 400, name",
        "POST, /v1/nodes/n1/drain?stop=yes, 400, stop:",
        "GET, /v1/nodes/n1/drain, 405, expected: POST"
    })
    void whatCannotBeDoneIsAProblem(String method, String path, int status, String detail) throws Exception {
        HttpResponse<String> answer = admin.send(method, path, null);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(RunningAdmin.json(answer).getString("detail")).contains(detail);
    }

    @Test
    void nobodyDrainsWithoutTheToken() throws Exception {
        assertThat(admin.send(admin.request("POST", "/v1/nodes/n1/drain", null)).statusCode()).isEqualTo(401);
        assertThat(admin.nodes.orders).isEmpty();
    }
}
