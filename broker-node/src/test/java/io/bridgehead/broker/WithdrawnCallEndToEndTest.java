package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A caller gives up while its callee is still being looked up: the callee never hears of it. */
class WithdrawnCallEndToEndTest {

    private static final int CALLS = 300;

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    private final List<LineClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(directory, 2, "accounts.mode=open");
        cluster.node(0).account("slowly", Optional.empty(), Optional.of("nick"));
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
        for (TestNode node : cluster.nodes()) {
            await().untilAsserted(() -> assertThat(node.sessions()).isZero());
        }
    }

    private LineClient on(int node, String id) throws IOException {
        LineClient client = cluster.node(node).registered(id);
        clients.add(client);
        return client;
    }

    @Test
    void aCalleeOnThisNodeIsNotAsked() throws Exception {
        LineClient callee = on(0, "callee");
        notAsked(on(0, "caller"), callee, "callee");
        notAsked(on(0, "other"), callee, "CALLEE@example.org");
    }

    @Test
    void aCalleeOnAnotherNodeIsNotAsked() throws Exception {
        notAsked(on(0, "caller"), on(1, "callee"), "callee");
        notAsked(on(1, "third"), on(0, "fourth"), "fourth");
    }

    /** A nickname is looked for among the registered, then in the database, and its owner among the registered. */
    @Test
    void aCalleeWhoseLookUpTakesLongIsNotAsked() throws Exception {
        LineClient callee = cluster.node(1).connect();
        clients.add(callee);
        callee.send(";register=slowly");
        callee.expect(";registered:slowly");
        notAsked(on(0, "caller"), callee, "nick");
    }

    private static void notAsked(LineClient caller, LineClient callee, String name) throws IOException {
        for (int call = 0; call < CALLS; call++) {
            // one segment: the end is read before the look-up can answer
            caller.write(";connect=" + name + "\r\n;end\r\n");
        }
        caller.expectNothingElse();
        // what would come late comes before the answer to the last call, which goes the same way
        caller.send(";connect=" + name);
        String asked = callee.line();
        assertThat(asked).startsWith(";connect=");
        callee.expectNothingElse();
        callee.send(";reject=" + asked.substring(";connect=".length()));
        caller.expect(";denied");
    }

    /** A client that has said its last word is waited for only as long as it has something to hear. */
    @Test
    void aCallerThatGaveUpAndSaysNoMoreIsLetGo() throws Exception {
        LineClient callee = on(1, "callee");
        for (int call = 0; call < 20; call++) {
            LineClient caller = on(0, "caller" + call);
            caller.write(";connect=callee\r\n;end\r\n");
            caller.shutdownOutput();
            caller.expectClosed();
        }
        callee.expectNothingElse();
    }

    /** The end comes when it comes: asked or not, the callee cannot take what was withdrawn. */
    @Test
    void anEndThatRacesWithTheLookUpLeavesNoCallBehind() throws Exception {
        LineClient caller = on(0, "caller");
        LineClient callee = on(1, "callee");
        for (int call = 0; call < CALLS; call++) {
            caller.send(";connect=callee");
            caller.send(";end");
        }
        caller.expectNothingElse();
        caller.send(";connect=callee");
        caller.send(";end");
        caller.send(";connect=callee");
        await().untilAsserted(() -> {
            callee.send(";accept=caller");
            String said = callee.line();
            while (said.equals(";connect=caller")) {
                said = callee.line();
            }
            assertThat(said).isEqualTo(";connected");
        });
        caller.expect(";connected");
    }
}
