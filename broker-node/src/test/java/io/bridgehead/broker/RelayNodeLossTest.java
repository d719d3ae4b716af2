package io.bridgehead.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a relay in processes of their own, one of which is killed. */
@Timeout(120)
class RelayNodeLossTest {

    private static final String TOKEN = "a-token-of-the-test";
    private static final int NODES = 2;

    @TempDir
    private Path directory;

    private final List<ServerProcess> nodes = new ArrayList<>();
    /** Of each node: hosts, commands, clients. */
    private List<Integer> ports;

    @BeforeEach
    void start() throws Exception {
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(UTF_8)));
        String cluster = "test-" + UUID.randomUUID();
        List<Integer> free = FreePorts.of(NODES + 3 * NODES);
        List<Integer> members = free.subList(0, NODES);
        ports = free.subList(NODES, free.size());
        for (int n = 0; n < NODES; n++) {
            String name = "n" + (n + 1);
            nodes.add(ServerProcess.serve(
                    Files.createDirectory(directory.resolve(name)),
                    TestCluster.settings(
                                    cluster, directory, name, members.get(n), members,
                                    "relay.hosts=127.0.0.1:" + hosts(n),
                                    "relay.commands=127.0.0.1:" + commands(n),
                                    "relay.services.web.listen=127.0.0.1:" + clients(n),
                                    "relay.services.web.token=sha256:" + hash)
                            .toArray(String[]::new)));
        }
    }

    @AfterEach
    void stop() {
        nodes.forEach(ServerProcess::close);
    }

    private int hosts(int node) {
        return ports.get(3 * node);
    }

    private int commands(int node) {
        return ports.get(3 * node + 1);
    }

    private int clients(int node) {
        return ports.get(3 * node + 2);
    }

    private RelayHost host(int node, String id) throws Exception {
        return RelayHost.named(hosts(node), commands(node), "web", TOKEN, id, 1);
    }

    @Test
    void aKilledNodeEndsTheClientsOfItsHostsAndNobodyElses() throws Exception {
        try (RelayHost lost = host(1, "lost");
                RelayPipe client = RelayPipe.connect(clients(0))) {
            client.send("to the second node");
            lost.assigned().pipe().expect("to the second node");
            try (RelayHost left = host(0, "left");
                    RelayPipe other = RelayPipe.connect(clients(0))) {
                other.send("to the first");
                RelayHost.Data pipe = left.assigned();
                pipe.pipe().expect("to the first");

                nodes.get(1).kill();

                client.expectCut();
                pipe.pipe().send("still there");
                other.expect("still there");
                left.refill(1);
                try (RelayPipe next = RelayPipe.connect(clients(0))) {
                    next.send("to whoever is left");
                    left.assigned().pipe().expect("to whoever is left");
                }
            }
        }
    }
}
