package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Draining by command in a cluster of two: what the users of the node see, and those of the other. */
class DrainEndToEndTest {

    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final String MOVE = ";error:broker is shutting down";

    @TempDir
    private Path directory;

    private TestCluster cluster;
    private final List<LineClient> clients = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(
                directory, 2, "accounts.mode=open", "node.drain-time=60s", "node.accept-grace=" + GRACE.toSeconds() + "s");
    }

    @AfterEach
    void stop() throws Exception {
        for (LineClient client : clients) {
            client.close();
        }
        cluster.close();
    }

    private LineClient on(int node, String id) throws Exception {
        LineClient client = cluster.node(node).registered(id);
        clients.add(client);
        return client;
    }

    /** Through the other node's API. */
    private JsonObject order(String action, int status) throws Exception {
        HttpResponse<String> answer = cluster.node(1).admin("POST", "/v1/nodes/n1/" + action, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return new JsonObject(answer.body());
    }

    /** As {@code asked} sees it, counted from 0. */
    private JsonObject node(int asked, String name) throws Exception {
        JsonObject answer = new JsonObject(cluster.node(asked).admin("GET", "/v1/nodes", null).body());
        return answer.getJsonArray("nodes").stream()
                .map(JsonObject.class::cast)
                .filter(node -> name.equals(node.getString("name")))
                .findFirst()
                .orElseThrow();
    }

    private int ready() throws Exception {
        return cluster.node(0).metrics("/health/ready").statusCode();
    }

    private boolean refuses() throws IOException {
        try (Socket looks = new Socket(InetAddress.getLoopbackAddress(), cluster.node(0).tcp())) {
            return !looks.isConnected();
        } catch (ConnectException refused) {
            return true;
        }
    }

    @Test
    void usersMoveBridgesGoOnAndAnUndrainTakesItBack() throws Exception {
        LineClient ann = on(0, "ann");
        LineClient bob = on(1, "bob");
        LineClient.bridge(ann, "ann", bob, "bob");
        LineClient carol = on(0, "carol");
        LineClient dave = on(1, "dave");
        LineClient eve = on(0, "eve");
        assertThat(ready()).isEqualTo(200);

        assertThat(order("drain", 202).getString("state")).isEqualTo("draining");
        assertThat(ready()).isEqualTo(503);
        assertThat(node(0, "n1").getString("state")).isEqualTo("draining");

        // load balancers have not noticed yet
        LineClient late = on(0, "late");
        dave.send(";connect=carol");
        carol.expect(";connect=dave");
        await().atMost(GRACE.multipliedBy(3)).until(this::refuses);

        for (LineClient idle : List.of(eve, late)) {
            idle.expect(MOVE);
            idle.expectClosed();
        }
        LineClient frank = on(1, "frank");
        frank.send(";connect=eve");
        frank.expect(";unavailable:eve");
        LineClient moved = on(1, "eve");
        frank.send(";connect=eve");
        moved.expect(";connect=frank");

        // she is being called, and may answer
        carol.expectNothingElse();
        carol.send(";accept=dave");
        carol.expect(";connected");
        dave.expect(";connected");
        ann.write("still talking\n");
        bob.expectData("still talking\n");
        ann.send(";end");
        bob.expect(";disconnected");
        ann.expect(MOVE);
        ann.expectClosed();
        JsonObject seen = node(1, "n1");
        assertThat(seen.getString("state")).isEqualTo("draining");
        assertThat(seen.getInteger("sessions")).isEqualTo(1);
        assertThat(seen.getInteger("bridges")).isEqualTo(1);
        assertThat(cluster.node(0).metric("bridgehead_draining")).isEqualTo(1);
        // and perhaps the last connection that only looked
        assertThat(cluster.node(0).metric("bridgehead_drain_moves_total")).isBetween(3.0, 4.0);

        assertThat(order("undrain", 200).getString("state")).isEqualTo("ready");
        assertThat(ready()).isEqualTo(200);
        LineClient back = on(0, "ann");
        carol.write("still here\n");
        dave.expectData("still here\n");
        back.send(";connect=bob");
        bob.expect(";connect=ann");
        assertThat(cluster.node(0).metric("bridgehead_draining")).isZero();
    }

    @Test
    void aDrainedNodeStaysInTheClusterAndComesBack() throws Exception {
        for (int round = 0; round < 2; round++) {
            LineClient ann = on(0, "ann");
            order("drain", 202);
            order("drain", 202);
            ann.expect(MOVE);
            await().until(() -> node(1, "n1").getString("state").equals("drained"));
            assertThat(node(1, "n1").getInteger("sessions")).isZero();
            assertThat(ready()).isEqualTo(503);
            assertThat(cluster.node(1).metric("bridgehead_cluster_members")).isEqualTo(2);
            order("undrain", 200);
            order("undrain", 200);
            assertThat(ready()).isEqualTo(200);
        }
    }

    @Test
    void everyNodeListsAllOfThem() throws Exception {
        on(0, "ann");
        for (int asked = 0; asked < 2; asked++) {
            JsonObject first = node(asked, "n1");
            assertThat(first.getBoolean("self")).isEqualTo(asked == 0);
            assertThat(first.getString("state")).isEqualTo("ready");
            assertThat(first.getBoolean("answers")).isTrue();
            assertThat(first.getInteger("sessions")).isEqualTo(1);
            assertThat(first.getString("address")).startsWith("127.0.0.1:");
            assertThat(first.getString("version")).isNotEmpty();
            assertThat(node(asked, "n2").getInteger("sessions")).isZero();
        }
        assertThat(node(0, "n1").getString("incarnation")).isEqualTo(node(1, "n1").getString("incarnation"));
    }
}
