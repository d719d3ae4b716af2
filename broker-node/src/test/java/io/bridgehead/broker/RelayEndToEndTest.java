package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relay room from socket to socket, on one node, with hosts of the seed's kind. */
@Timeout(60)
class RelayEndToEndTest {

    @TempDir
    private Path directory;

    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(directory, "relay.anonymous-service=echo", "relay.wait=10s", "relay.drain-timeout=500ms");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aClientGetsTheHostThatHasWaitedLongest() throws IOException {
        try (RelayHost host = RelayHost.old(node, RelayHost.POOL);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data first = host.pool().getFirst();

            client.send("hello");

            RelayHost.Data assigned = host.assigned();
            assertThat(assigned).isSameAs(first);
            assigned.pipe().expect("hello");
            assigned.pipe().send("hello yourself");
            client.expect("hello yourself");
        }
    }

    @Test
    void aHostIsToldWhereItsClientsConnectAndANumberOfItsOwn() throws IOException {
        try (RelayHost host = RelayHost.old(node, RelayHost.POOL)) {
            Set<Integer> numbers = new HashSet<>();
            for (RelayHost.Data data : host.pool()) {
                assertThat(data.session()).isPositive();
                numbers.add(data.session());
                assertThat(data.welcome().getRelayHost()).isEqualTo("127.0.0.1");
                assertThat(data.welcome().getRelayPort()).isEqualTo(Integer.toString(node.relayClients(0)));
            }
            assertThat(numbers).hasSize(RelayHost.POOL);
        }
    }

    @Test
    void aClientThatLeavesIsAnnouncedAndThenItsHostConnectionIsClosed() throws IOException {
        try (RelayHost host = RelayHost.old(node, 2)) {
            RelayPipe client = RelayPipe.connect(node.relayClients(0));
            client.send("last words");
            RelayHost.Data assigned = host.assigned();

            client.close();

            host.expectDrop(assigned);
            assigned.pipe().expect("last words");
            assigned.pipe().expectEnd();
        }
    }

    @Test
    void aHostConnectionThatEndsEndsItsClient() throws IOException {
        try (RelayHost host = RelayHost.old(node, 1);
                RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().send("farewell");
            assigned.pipe().close();

            client.expect("farewell");
            client.expectEnd();
        }
    }

    @Test
    void aClientThatComesFirstWaitsWithItsBytes() throws IOException {
        try (RelayPipe client = RelayPipe.connect(node.relayClients(0))) {
            client.send("early");
            try (RelayHost host = RelayHost.old(node, 1)) {
                RelayHost.Data assigned = host.assigned();
                assigned.pipe().expect("early");
            }
        }
    }
}
