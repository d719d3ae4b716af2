package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in processes of their own that are killed: whoever was there goes on elsewhere, and nobody is told of a leave. */
class SignallingNodeLossTest {

    private static final String EXTENDED = "bridgehead.v1";
    private static final Duration BACK = Duration.ofSeconds(30);
    private static final int MESSAGES = 20;

    @TempDir
    private Path directory;

    private final List<ServerProcess> nodes = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        String cluster = "test-" + UUID.randomUUID();
        List<Integer> ports = FreePorts.of(3);
        for (int n = 0; n < 3; n++) {
            String name = "n" + (n + 1);
            Path own = Files.createDirectory(directory.resolve(name));
            nodes.add(ServerProcess.serve(own, TestCluster.settings(
                            cluster, directory, name, ports.get(n), ports,
                            "signalling.resume-grace=60s", "signalling.guesses-per-address=10000")
                    .toArray(String[]::new)));
        }
    }

    @AfterEach
    void stop() {
        nodes.forEach(ServerProcess::close);
    }

    private int port(int node) {
        return nodes.get(node).port("signalling");
    }

    /** Comes back on this node; a cluster that has just lost a node may ask for a second try. */
    private SignallingClient back(int node, String path, SignallingClient before, long seen) {
        SignallingClient[] back = new SignallingClient[1];
        await().atMost(BACK).ignoreExceptionsMatching(SignallingNodeLossTest::isTryAgain).until(() -> {
            back[0] = SignallingClient.connect(
                            port(node), path, EXTENDED, "resume." + before.secret(), "seen." + seen)
                    .greeted();
            return true;
        });
        assertThat(back[0].id()).isEqualTo(before.id());
        assertThat(back[0].hello().getBoolean("resumed")).isTrue();
        return back[0];
    }

    /** What a client hears that is to come back. */
    private static boolean isTryAgain(Throwable refused) {
        return refused instanceof AssertionError && refused.getMessage().contains("closed 1013");
    }

    @Test
    void aClientWhoseNodeIsKilledMissesNothing() throws Exception {
        SignallingClient server = SignallingClient.server(port(0), EXTENDED);
        SignallingClient client = SignallingClient.client(port(2), server.id(), EXTENDED);
        server.expect("PEER_JOINED");
        server.send(client.id(), "before", "0");
        assertThat(client.next().getLong("seq")).isEqualTo(1);

        nodes.get(2).kill();
        for (int n = 1; n <= MESSAGES; n++) {
            server.send(client.id(), "missed", Integer.toString(n));
        }
        SignallingClient back = back(1, "/client/" + server.id(), client, 1);

        assertThat(back.hello().getLong("lost")).isZero();
        for (int n = 1; n <= MESSAGES; n++) {
            assertThat(back.next().getInteger("message")).isEqualTo(n);
        }
        back.send(server.id(), "back", "1");
        assertThat(server.next().getString("type")).as("nobody left or joined").isEqualTo("back");
    }

    @Test
    void aServerWhoseNodeIsKilledComesBackToItsClientsAndTheirMessages() throws Exception {
        SignallingClient server = SignallingClient.server(port(0), EXTENDED);
        SignallingClient near = SignallingClient.client(port(0), server.id(), EXTENDED);
        SignallingClient far = SignallingClient.client(port(1), server.id(), EXTENDED);
        SignallingClient plain = SignallingClient.client(port(2), server.id());
        for (int n = 0; n < 3; n++) {
            server.expect("PEER_JOINED");
        }

        nodes.get(0).kill();
        far.send(server.id(), "while-away", "0");
        await("the first is under way")
                .atMost(BACK)
                .until(() -> nodes.get(1).metric("bridgehead_signalling_messages_total") == 1);
        for (int n = 1; n < MESSAGES; n++) {
            far.send(server.id(), "while-away", Integer.toString(n));
        }
        SignallingClient back = back(1, "/server", server, 3);
        SignallingClient nearBack = back(2, "/client/" + server.id(), near, 0);
        far.send(server.id(), "last", "-1");

        assertThat(back.hello().getString("lost")).as("what the killed node kept").isEqualTo("unknown");
        List<Integer> arrived = arrived(back);
        assertThat(arrived).isSorted().doesNotHaveDuplicates();
        // the first alone was on its way: of that one the sender is told
        back.send(far.id(), "end", "1");
        assertThat(arrived.size()).isGreaterThanOrEqualTo(MESSAGES - undelivered(far));
        assertReaches(back, nearBack, "near");
        assertReaches(back, plain, "plain");
        for (SignallingClient client : List.of(nearBack, far, plain)) {
            back.send(client.id(), "again", "1");
            assertThat(client.next().getString("type")).as("nobody left").isEqualTo("again");
        }
    }

    /** Says it again when he is told that it was perhaps not passed on: his node may be the last to hear of the death. */
    private static void assertReaches(SignallingClient server, SignallingClient client, String type)
            throws InterruptedException {
        client.send(server.id(), type, "1");
        long began = System.nanoTime();
        while (true) {
            Optional<JsonObject> heard = server.within(Duration.ofMillis(50));
            if (heard.isPresent()) {
                // one that was said again may come twice, also while the next one speaks
                assertThat(heard.get().getString("type")).as("nobody left or joined").isIn("near", "plain");
                if (heard.get().getString("from").equals(client.id())) {
                    assertThat(heard.get().getString("type")).isEqualTo(type);
                    return;
                }
            }
            Optional<JsonObject> told = client.within(Duration.ofMillis(50));
            if (told.isPresent()) {
                String code = told.get().getJsonObject("message").getString("code");
                assertThat(code).as("%s", told).isEqualTo("undelivered");
                client.send(server.id(), type, "1");
            }
            assertThat(System.nanoTime() - began)
                    .as("%s arrives, or its sender is told", type)
                    .isLessThan(BACK.toNanos());
        }
    }

    private static List<Integer> arrived(SignallingClient server) throws InterruptedException {
        List<Integer> arrived = new ArrayList<>();
        while (true) {
            JsonObject message = server.next();
            if (message.getString("type").equals("last")) {
                return arrived;
            }
            assertThat(message.getString("type")).as("nobody left or joined").isEqualTo("while-away");
            arrived.add(message.getInteger("message"));
        }
    }

    /** Of how many of its messages the client is told, until the one message to it comes. */
    private static int undelivered(SignallingClient client) throws InterruptedException {
        int errors = 0;
        while (true) {
            JsonObject message = client.next();
            if (message.getString("type").equals("end")) {
                assertThat(errors).isLessThanOrEqualTo(1);
                return errors;
            }
            assertThat(message.getJsonObject("message").getString("code")).as("%s", message).isEqualTo("undelivered");
            errors++;
        }
    }
}
