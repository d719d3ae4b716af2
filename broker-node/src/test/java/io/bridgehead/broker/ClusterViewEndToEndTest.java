package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.cluster.ClusterMember;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator sees the whole cluster through any node. Ann is on n1, Bob on n2, Cat on n3. */
class ClusterViewEndToEndTest {

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private final List<LineClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 3);
        cluster.node(0).accounts("ann", "bob", "cat", "dan");
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
        await().untilAsserted(() -> assertThat(cluster.node(0).sessions()).isZero());
    }

    private LineClient on(int node, String id) throws IOException {
        LineClient client = cluster.node(node).registered(id);
        clients.add(client);
        return client;
    }

    @Test
    void everyNodeListsTheSessionsOfAll() throws Exception {
        on(0, "ann");
        on(1, "bob");
        on(2, "cat");

        for (TestNode node : cluster.nodes()) {
            JsonObject all = get(node, "/v1/sessions");
            assertThat(column(all, "sessions", "account"))
                    .containsExactlyInAnyOrder("ann@example.org", "bob@example.org", "cat@example.org");
            assertThat(all.getJsonArray("missing")).isEmpty();
            assertThat(column(get(node, "/v1/sessions?node=n2"), "sessions", "account"))
                    .containsExactly("bob@example.org");
            assertThat(column(get(node, "/v1/sessions?account=cat"), "sessions", "node")).containsExactly("n3");
            assertThat(paged(node)).hasSize(3).doesNotHaveDuplicates();
        }
        assertThat(cluster.node(0).admin("GET", "/v1/sessions?node=n9", null).statusCode()).isEqualTo(404);
    }

    @Test
    void everyNodeListsABridgeBetweenTwoOthersOnce() throws Exception {
        LineClient ann = on(0, "ann");
        LineClient bob = on(1, "bob");
        LineClient.bridge(ann, "ann", bob, "bob");

        for (TestNode node : cluster.nodes()) {
            JsonArray bridges = get(node, "/v1/bridges").getJsonArray("bridges");
            assertThat(bridges).hasSize(1);
            JsonObject bridge = bridges.getJsonObject(0);
            assertThat(List.of(bridge.getString("callerNode"), bridge.getString("calleeNode")))
                    .containsExactlyInAnyOrder("n1", "n2");
        }
    }

    @Test
    void aSessionIsKickedThroughAnyNode() throws Exception {
        LineClient cat = on(2, "cat");
        String id = cluster.node(0).session("cat");

        assertThat(cluster.node(1).admin("DELETE", "/v1/sessions/" + id, null).statusCode()).isEqualTo(204);

        cat.expect(";error:disconnected by the operator");
        cat.expectClosed();
        await().untilAsserted(() ->
                assertThat(cluster.node(1).admin("DELETE", "/v1/sessions/" + id, null).statusCode()).isEqualTo(404));
    }

    @Test
    void explainKnowsOfBridgesOnOtherNodes() throws Exception {
        LineClient ann = on(0, "ann");
        LineClient bob = on(1, "bob");
        on(2, "cat");
        for (TestNode node : cluster.nodes()) {
            assertThat(refusing(node, "cat", "ann")).isEmpty();
        }
        LineClient.bridge(ann, "ann", bob, "bob");

        for (TestNode node : cluster.nodes()) {
            assertThat(refusing(node, "cat", "ann")).containsExactly("callee-not-bridged");
            assertThat(refusing(node, "bob", "cat")).containsExactly("caller-not-bridged");
            assertThat(refusing(node, "cat", "dan")).containsExactly("callee-registered");
        }
    }

    @Test
    void aNodeThatHangsIsNamedAndNotWaitedForForever() throws Exception {
        on(0, "ann");
        on(2, "cat");
        CountDownLatch over = new CountDownLatch(1);
        hang(2, over);
        try {
            long asked = System.nanoTime();
            JsonObject page = get(cluster.node(0), "/v1/sessions");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
            assertThat(column(page, "sessions", "node")).containsExactly("n1");
            assertThat(column(page, "missing")).containsExactly("n3");
            HttpResponse<String> kick = cluster.node(0).admin("DELETE", "/v1/sessions/1-1", null);
            assertThat(kick.statusCode()).isEqualTo(503);
            assertThat(kick.body()).contains("node n3 does not answer");
        } finally {
            over.countDown();
        }
        await().untilAsserted(() -> assertThat(column(get(cluster.node(0), "/v1/sessions"), "sessions", "node"))
                .containsExactlyInAnyOrder("n1", "n3"));
    }

    /** Nothing that comes over the bus is taken; the node stays a member. */
    private static void hang(int number, CountDownLatch over) throws ReflectiveOperationException {
        ClusterMember member = (ClusterMember)
                ((Optional<?>) TestCluster.field(cluster.node(number).node, "member")).orElseThrow();
        member.loops().all().get(0).execute(() -> {
            try {
                over.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static JsonObject get(TestNode node, String path) throws Exception {
        HttpResponse<String> answer = node.admin("GET", path, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    private static List<String> column(JsonObject page, String rows, String field) {
        return page.getJsonArray(rows).stream().map(row -> ((JsonObject) row).getString(field)).toList();
    }

    private static List<String> column(JsonObject page, String rows) {
        return page.getJsonArray(rows).stream().map(Object::toString).toList();
    }

    private static List<String> paged(TestNode node) throws Exception {
        List<String> ids = new ArrayList<>();
        String next = "";
        while (next != null) {
            JsonObject page = get(node, "/v1/sessions?limit=1" + next);
            ids.addAll(column(page, "sessions", "id"));
            next = page.containsKey("next") ? "&cursor=" + page.getString("next") : null;
        }
        return ids;
    }

    private static List<String> refusing(TestNode node, String caller, String callee) throws Exception {
        JsonObject answer = get(node, "/v1/explain?caller=" + caller + "&callee=" + callee);
        return answer.getJsonArray("rules").stream()
                .map(JsonObject.class::cast)
                .filter(rule -> !rule.getBoolean("ok"))
                .map(rule -> rule.getString("rule"))
                .toList();
    }
}
