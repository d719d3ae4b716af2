package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relay room on three nodes: hosts on some, clients on any, command connections on others. */
@Timeout(60)
class RelayClusterEndToEndTest {

    private static final String TOKEN = "a-token-of-the-test";

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        String hash = HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
        cluster = TestCluster.start(
                directory, 3,
                "relay.anonymous-service=echo",
                "relay.wait=10s",
                "relay.services.web.listen=127.0.0.1:0",
                "relay.services.web.token=sha256:" + hash);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static RelayPipe webClient(int node) throws IOException {
        return RelayPipe.connect(cluster.node(node).relayClients(1));
    }

    @Test
    void aClientOfOneNodeGetsAHostOfAnother() throws IOException {
        try (RelayHost host = RelayHost.old(cluster.node(0), 2);
                RelayPipe client = RelayPipe.connect(cluster.node(1).relayClients(0))) {
            client.send("across");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("across");
            assigned.pipe().send("and back");
            client.expect("and back");

            client.close();

            host.expectDrop(assigned);
            assigned.pipe().expectEnd();
        }
    }

    @Test
    void theCommandConnectionMayBeOnAThirdNode() throws IOException {
        try (RelayHost host = RelayHost.named(cluster.node(0), cluster.node(2), "web", TOKEN, "h1", 1);
                RelayPipe client = webClient(1)) {
            client.send("three nodes");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("three nodes");
        }
    }

    @Test
    void aClientThatCameFirstIsServedByAHostThatComesToAnotherNode() throws IOException {
        try (RelayPipe client = webClient(2)) {
            client.send("early");
            try (RelayHost host = RelayHost.named(cluster.node(0), "web", TOKEN, "h2", 1)) {
                host.assigned().pipe().expect("early");
            }
        }
    }

    @Test
    void aHostWithAWrongTokenIsClosed() throws IOException {
        RelayPipe pipe = RelayPipe.connect(cluster.node(0).relayHosts());
        RelayHost.send(pipe, io.bridgehead.relay.messages.Hello.newBuilder()
                .setVersion(1).setService("web").setToken("guess").build());
        assertThat(RelayHost.message(pipe)).isEmpty();
    }
}
