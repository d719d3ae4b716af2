package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.config.HostAgentConfig;
import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.broker.config.HostServiceConfig.Tls;
import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.broker.config.Secret;
import io.bridgehead.broker.hostagent.HostAgent;
import io.bridgehead.broker.hostagent.SmallServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Client, relay, host agent, server: all of it real, but for the server's manners. */
@Timeout(120)
class HostAgentEndToEndTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int POOL = 3;
    private static final String TOKEN = "s3cret";

    @TempDir
    Path directory;

    private final List<AutoCloseable> parts = new ArrayList<>();
    private HostAgent agent;

    @AfterEach
    void stop() throws Exception {
        if (agent != null) {
            agent.stop();
        }
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
    }

    @Test
    void aServerBehindNatIsReachedWhoeverSpeaksFirst() throws Exception {
        TestNode node = node();
        offer(service(List.of(address(node)), server(SmallServer.GREETS), TOKEN, Optional.empty()));

        for (int number = 0; number < 2 * POOL; number++) {
            try (Socket client = client(node)) {
                assertThat(client.getInputStream().readNBytes(15)).asString().isEqualTo("SSH-2.0-small\r\n");
                send(client, "hello\n");
                assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("hello\n");
            }
        }
        await().atMost(SOON).until(() -> agent.serving() == 0 && agent.waiting() == POOL);
    }

    @Test
    void aClientThatEndsItsHalfGetsAllOfALongAnswer() throws Exception {
        byte[] answer = new byte[8 * 1024 * 1024];
        new Random(3).nextBytes(answer);
        TestNode node = node();
        offer(service(List.of(address(node)), server(client -> {
            client.getInputStream().readAllBytes();
            client.getOutputStream().write(answer);
        }), TOKEN, Optional.empty()));

        try (Socket client = client(node)) {
            send(client, "all of it");
            client.shutdownOutput();
            assertThat(MessageDigest.isEqual(client.getInputStream().readAllBytes(), answer)).isTrue();
        }
    }

    @Test
    void aHostWithTheWrongTokenGetsNoClientAndOneWithTheRightOneDoes() throws Exception {
        TestNode node = node();
        SmallServer server = server(SmallServer.ANSWERS);
        HostServiceConfig wrong = service(List.of(address(node)), server, "guessed", Optional.empty());
        agent = HostAgent.start(config(wrong));
        await().atMost(SOON).until(() -> node.metric(
                "bridgehead_relay_closes_total{kind=\"host\",reason=\"wrong_token\"}") >= 2);
        assertThat(agent.isReady()).isFalse();

        agent.apply(config(service(List.of(address(node)), server, TOKEN, Optional.empty())));

        await().atMost(SOON).until(agent::isReady);
        assertThat(asked(node, "now")).isEqualTo("heard now");
    }

    @Test
    void tlsToTheRelay() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=relay.example.org")
                .addSanDnsName("relay.example.org")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path cert = Files.writeString(directory.resolve("cert.pem"), certificate.getCertificatePEM());
        Path key = Files.writeString(directory.resolve("key.pem"), certificate.getPrivateKeyPEM());
        TestNode node = node("relay.tls.cert=" + cert, "relay.tls.key=" + key);
        offer(service(List.of(address(node)), server(SmallServer.GREETS), TOKEN,
                Optional.of(new Tls(certificate.getCertificatePEM(), "relay.example.org"))));
        assertThat(agent.waiting()).isPositive();
    }

    @Test
    void aHostAtTwoNodesServesClientsOfBothAndGoesOnWhenOneIsStopped() throws Exception {
        TestCluster cluster = TestCluster.start(directory, 2, settings());
        parts.add(cluster);
        TestNode first = cluster.node(0);
        TestNode second = cluster.node(1);
        offer(service(List.of(address(first), address(second)), server(SmallServer.ANSWERS), TOKEN, Optional.empty()));
        await().atMost(SOON).until(() -> agent.waiting() >= POOL);
        assertThat(asked(first, "one")).isEqualTo("heard one");
        assertThat(asked(second, "two")).isEqualTo("heard two");

        cluster.stopOldest();

        await().atMost(SOON).until(() -> agent.waiting() == POOL);
        assertThat(asked(second, "three")).isEqualTo("heard three");
    }

    @Test
    void aHostAtOneNodeServesTheClientsOfTheOther() throws Exception {
        TestCluster cluster = TestCluster.start(directory, 2, settings());
        parts.add(cluster);
        offer(service(List.of(address(cluster.node(0))), server(SmallServer.GREETS), TOKEN, Optional.empty()));

        for (int number = 0; number < 2 * POOL; number++) {
            try (Socket client = client(cluster.node(1))) {
                assertThat(client.getInputStream().readNBytes(15)).asString().isEqualTo("SSH-2.0-small\r\n");
            }
        }
    }

    @Test
    void aNodeThatIsKilledAndStartedAnewHasItsHostBack() throws Exception {
        int hosts = FreePorts.of(2).getFirst();
        int commands = FreePorts.of(2).getLast();
        int clients = FreePorts.of(3).getLast();
        String[] sets = {
            "relay.hosts=127.0.0.1:" + hosts, "relay.commands=127.0.0.1:" + commands,
            "relay.clients=127.0.0.1:" + clients, "relay.services.ssh.token=" + hash(TOKEN)
        };
        ServerProcess relay = ServerProcess.serve(directory, sets);
        parts.add(relay);
        offer(service(List.of(new RelayAddress("127.0.0.1", hosts, commands)), server(SmallServer.ANSWERS), TOKEN,
                Optional.empty()));

        relay.kill();
        await().atMost(SOON).until(() -> agent.waiting() == 0);
        parts.add(ServerProcess.serve(directory, sets));

        await().atMost(SOON).until(() -> agent.waiting() == POOL);
        assertThat(asked(clients, "again")).isEqualTo("heard again");
    }

    // ---- parts

    private TestNode node(String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings()));
        all.addAll(List.of(more));
        TestNode node = TestNode.start(directory, all.toArray(String[]::new));
        parts.add(node);
        return node;
    }

    /** One service, whose clients come in at the common port. */
    private static String[] settings() throws Exception {
        return new String[] {"relay.services.ssh.token=" + hash(TOKEN), "relay.wait=20s"};
    }

    private static String hash(String token) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(hash);
    }

    private SmallServer server(SmallServer.Manner manner) throws IOException {
        SmallServer server = SmallServer.start(manner);
        parts.add(server);
        return server;
    }

    private void offer(HostServiceConfig service) {
        agent = HostAgent.start(config(service));
        await().atMost(SOON).until(agent::isReady);
    }

    private static HostAgentConfig config(HostServiceConfig service) {
        return new HostAgentConfig(List.of(service), Duration.ofSeconds(5), List.of());
    }

    private static HostServiceConfig service(
            List<RelayAddress> relays, SmallServer server, String token, Optional<Tls> tls) {
        return new HostServiceConfig("ssh", server.address(), relays, POOL, new Secret(token), tls);
    }

    private static RelayAddress address(TestNode node) {
        return new RelayAddress("127.0.0.1", node.relayHosts(), node.relayCommands());
    }

    // ---- clients

    private static Socket client(TestNode node) throws IOException {
        return client(node.relayClients(0));
    }

    private static Socket client(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(20_000);
        return client;
    }

    private static String asked(TestNode node, String question) throws IOException {
        return asked(node.relayClients(0), question);
    }

    private static String asked(int port, String question) throws IOException {
        try (Socket client = client(port)) {
            send(client, question);
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
