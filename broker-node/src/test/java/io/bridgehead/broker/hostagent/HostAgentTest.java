package io.bridgehead.broker.hostagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.FreePorts;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.HostAgentConfig;
import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.broker.config.HostServiceConfig.Tls;
import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.broker.config.Secret;
import io.bridgehead.relay.messages.Hello;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An agent with real sockets on both sides, and a relay that can be told to misbehave. */
@Timeout(60)
class HostAgentTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int POOL = 3;

    private final List<AutoCloseable> parts = new ArrayList<>();
    private HostAgent agent;

    @AfterEach
    void stop() throws Exception {
        if (agent != null) {
            agent.stop();
        }
        for (AutoCloseable part : parts) {
            part.close();
        }
    }

    @Test
    void aClientThatSpeaksFirstAndEndsItsSideGetsTheWholeAnswer() throws Exception {
        SeedRelay relay = relay();
        offer(relay, server(SmallServer.ANSWERS));

        assertThat(asked(relay, "one")).isEqualTo("heard one");
        assertThat(asked(relay, "")).isEqualTo("heard ");
    }

    @Test
    void aServerThatSpeaksFirstIsHeardByAClientThatSaysNothing() throws Exception {
        SeedRelay relay = relay();
        offer(relay, server(SmallServer.GREETS));

        try (Socket client = relay.client()) {
            assertThat(line(client)).isEqualTo("SSH-2.0-small");
            send(client, "hello\n");
            assertThat(line(client)).isEqualTo("hello");
        }
        await().atMost(SOON).until(() -> agent.serving() == 0);
    }

    @Test
    void aClientIsServedByItsFirstByteWhenTheRelaySaysNothingOfIt() throws Exception {
        SeedRelay relay = relay().with(SeedRelay.Fault.IS_SILENT);
        offer(relay, server(SmallServer.GREETS));

        try (Socket client = relay.client()) {
            send(client, "SSH-2.0-client\n");
            assertThat(line(client)).isEqualTo("SSH-2.0-small");
            assertThat(line(client)).isEqualTo("SSH-2.0-client");
        }
    }

    @Test
    void aClientIsServedThoughTheCommandIsFasterThanTheAnswer() throws Exception {
        SeedRelay relay = relay().with(SeedRelay.Fault.OPENS_EARLY);
        SmallServer server = server(SmallServer.GREETS);
        agent = HostAgent.start(config(service(relay, server)));

        await().atMost(SOON).until(() -> server.open() > 0);
        relay.without(SeedRelay.Fault.OPENS_EARLY);
    }

    @Test
    void thePoolIsFilledAgainHoweverManyClientsCome() throws Exception {
        SeedRelay relay = relay();
        SmallServer server = server(SmallServer.GREETS);
        offer(relay, server);

        List<Socket> clients = new ArrayList<>();
        for (int number = 0; number < 5 * POOL; number++) {
            clients.add(relay.client());
        }
        for (Socket client : clients) {
            assertThat(line(client)).isEqualTo("SSH-2.0-small");
        }
        await().atMost(SOON).until(() -> relay.waiting() == POOL && agent.waiting() == POOL);
        assertThat(agent.serving()).isEqualTo(5 * POOL);
        for (Socket client : clients) {
            client.close();
        }
        await().atMost(SOON).until(() -> agent.serving() == 0 && server.open() == 0);
    }

    /** Again and again: on epoll a fifth of these lost the end of the answer. */
    @RepeatedTest(15)
    void manyBytesArriveAsTheyWereSentBothWaysAtOnce() throws Exception {
        SeedRelay relay = relay();
        offer(relay, server(client -> client.getInputStream().transferTo(client.getOutputStream())));

        byte[] sent = new byte[16 * 1024 * 1024];
        new Random(7).nextBytes(sent);
        try (Socket client = relay.client()) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(sent);
                    client.shutdownOutput();
                } catch (IOException gone) {
                    // the comparison below will tell
                }
            });
            assertThat(sha256(client.getInputStream().readAllBytes())).isEqualTo(sha256(sent));
            writer.join();
        }
    }

    @Test
    void aServerThatDoesNotReadStopsTheClientAndLosesNothing() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<byte[]> heard = new AtomicReference<>();
        SeedRelay relay = relay();
        offer(relay, server(client -> {
            try {
                go.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            heard.set(client.getInputStream().readAllBytes());
        }));

        byte[] sent = new byte[64 * 1024 * 1024];
        new Random(8).nextBytes(sent);
        AtomicLong written = new AtomicLong();
        try (Socket client = relay.client()) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int at = 0; at < sent.length; at += 64 * 1024) {
                        client.getOutputStream().write(sent, at, 64 * 1024);
                        written.addAndGet(64 * 1024);
                    }
                    client.shutdownOutput();
                } catch (IOException gone) {
                    // the comparison below will tell
                }
            });
            // it stands still: what the sockets and the agent hold on the way, and no more
            AtomicLong before = new AtomicLong(-1);
            await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(() ->
                    written.get() > 0 && before.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(sent.length / 2);
            go.countDown();
            await().atMost(SOON).until(() -> heard.get() != null);
            assertThat(sha256(heard.get())).isEqualTo(sha256(sent));
            writer.join();
        }
    }

    @Test
    void aRelayThatComesBackIsUsedAgain() throws Exception {
        SeedRelay first = relay();
        SmallServer server = server(SmallServer.ANSWERS);
        offer(first, server);
        RelayAddress address = first.address();

        first.close();
        await().atMost(SOON).until(() -> agent.waiting() == 0);
        assertThat(agent.isReady()).isFalse();
        SeedRelay second = SeedRelay.startAt(address);
        parts.add(second);

        await().atMost(SOON).until(() -> second.waiting() == POOL);
        assertThat(asked(second, "again")).isEqualTo("heard again");
    }

    @Test
    void aRelayThatRefusesIsTriedSeldomAndUsedWhenItDoesNotAnyMore() throws Exception {
        SeedRelay relay = relay().with(SeedRelay.Fault.REFUSES);
        agent = HostAgent.start(config(service(relay, server(SmallServer.ANSWERS))));

        await().atMost(SOON).until(() -> relay.greeted() >= 3);
        assertThat(agent.waiting()).isZero();
        relay.without(SeedRelay.Fault.REFUSES);
        await().atMost(SOON).until(() -> relay.waiting() == POOL);
    }

    @Test
    void aConnectionThatIsResetWhileItOpensIsTriedAgain() throws Exception {
        SeedRelay relay = relay().with(SeedRelay.Fault.RESETS);
        agent = HostAgent.start(config(service(relay, server(SmallServer.ANSWERS))));

        await().atMost(SOON).until(() -> relay.greeted() >= 4);
        relay.without(SeedRelay.Fault.RESETS);
        await().atMost(SOON).until(() -> relay.waiting() == POOL);
    }

    @Test
    void anAnswerThatIsNoneIsARefusal() throws Exception {
        SeedRelay relay = relay().with(SeedRelay.Fault.GARBLES);
        agent = HostAgent.start(config(service(relay, server(SmallServer.ANSWERS))));

        await().atMost(SOON).until(() -> relay.greeted() >= 2);
        assertThat(agent.waiting()).isZero();
    }

    @Test
    void severalRelaysShareThePoolAndTheOneThatIsLeftHasAllOfIt() throws Exception {
        SeedRelay one = relay();
        SeedRelay two = relay();
        SmallServer server = server(SmallServer.ANSWERS);
        agent = HostAgent.start(config(new HostServiceConfig(
                "web", server.address(), List.of(one.address(), two.address()), 4, Secret.NONE, Optional.empty())));
        await().atMost(SOON).until(() -> one.waiting() >= 2 && two.waiting() >= 2);

        one.close();

        await().atMost(SOON).until(() -> two.waiting() == 4);
        assertThat(two.hellos).extracting(Hello::getHostId).doesNotContainAnyElementsOf(
                one.hellos.stream().map(Hello::getHostId).toList());
    }

    @Test
    void aClientWhoseServerIsDownIsClosedAtOnceAndTheNextOneServedWhenItIsUp() throws Exception {
        int port = FreePorts.of(1).getFirst();
        SeedRelay relay = relay();
        agent = HostAgent.start(new HostAgentConfig(
                List.of(service(relay, new Endpoint("127.0.0.1", port), "")), Duration.ofSeconds(5),
                List.of(new Endpoint("127.0.0.1", 0))));
        await().atMost(SOON).until(() -> relay.waiting() == POOL);

        try (Socket client = relay.client()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(metrics()).contains("bridgehead_host_connections_total{result=\"target_refused\"} 1.0\n");
        parts.add(new SmallServer(port, SmallServer.ANSWERS));
        await().atMost(SOON).until(() -> relay.waiting() == POOL);
        assertThat(asked(relay, "now")).isEqualTo("heard now");
        assertThat(metrics()).contains(
                "bridgehead_host_connections_total{result=\"served\"} 1.0\n",
                "bridgehead_host_bytes_total{direction=\"to_target\"} 3.0\n",
                "bridgehead_host_bytes_total{direction=\"to_client\"} 9.0\n",
                "bridgehead_host_waiting 3.0\n");
    }

    @Test
    void readinessSaysWhetherAClientWouldBeServed() throws Exception {
        SeedRelay relay = relay().with(SeedRelay.Fault.REFUSES);
        agent = HostAgent.start(new HostAgentConfig(
                List.of(service(relay, server(SmallServer.ANSWERS))), Duration.ofSeconds(5),
                List.of(new Endpoint("127.0.0.1", 0))));
        assertThat(asked("/health/ready").statusCode()).isEqualTo(503);
        assertThat(asked("/health/live").statusCode()).isEqualTo(200);

        relay.without(SeedRelay.Fault.REFUSES);
        await().atMost(SOON).until(() -> asked("/health/ready").statusCode() == 200);
    }

    @Test
    void aServiceThatIsTakenOutLosesWhoWaitsAndKeepsItsClients() throws Exception {
        SeedRelay relay = relay();
        SeedRelay other = relay();
        SmallServer server = server(SmallServer.GREETS);
        offer(relay, server);
        try (Socket client = relay.client()) {
            assertThat(line(client)).isEqualTo("SSH-2.0-small");

            agent.apply(config(service(other, server)));

            await().atMost(SOON).until(() -> relay.waiting() == 0 && other.waiting() == POOL);
            send(client, "still there\n");
            assertThat(line(client)).isEqualTo("still there");
        }
        await().atMost(SOON).until(() -> agent.serving() == 0);
    }

    @Test
    void aChangedTokenIsShownByNewConnectionsAndNothingElseChangesByTheSameConfiguration() throws Exception {
        SeedRelay relay = relay();
        SmallServer server = server(SmallServer.ANSWERS);
        agent = HostAgent.start(config(service(relay, server.address(), "old")));
        await().atMost(SOON).until(() -> relay.waiting() == POOL);
        assertThat(relay.hellos).extracting(Hello::getToken).containsOnly("old");

        agent.apply(config(service(relay, server.address(), "old")));
        assertThat(relay.greeted()).isEqualTo(POOL);

        agent.apply(config(service(relay, server.address(), "new")));
        await().atMost(SOON).until(() -> relay.greeted() == 2 * POOL && relay.waiting() == POOL);
        assertThat(relay.hellos).filteredOn(hello -> hello.getToken().equals("new")).hasSize(POOL + 1);
    }

    @Test
    void aDrainLetsClientsFinishAndEndsThemWhenItsTimeIsOver() throws Exception {
        SeedRelay relay = relay();
        offer(relay, server(SmallServer.GREETS), Duration.ofSeconds(3));
        try (Socket finishing = relay.client(); Socket staying = relay.client()) {
            assertThat(line(finishing)).isEqualTo("SSH-2.0-small");
            assertThat(line(staying)).isEqualTo("SSH-2.0-small");

            var drained = agent.drain();
            await().atMost(SOON).until(() -> relay.waiting() == 0);
            send(finishing, "last words\n");
            assertThat(line(finishing)).isEqualTo("last words");
            assertThat(drained.isComplete()).isFalse();

            assertThat(staying.getInputStream().read()).isEqualTo(-1);
            await().atMost(SOON).until(drained::isComplete);
        }
    }

    @Test
    void tlsIsSpokenToARelayThatShowsTheRightCertificateOnly() throws Exception {
        X509Bundle certificate = certificate("relay.example.org");
        SeedRelay relay = tlsRelay(certificate);
        SmallServer server = server(SmallServer.ANSWERS);
        String ca = certificate.getCertificatePEM();
        agent = HostAgent.start(config(
                tls("right", relay, server, new Tls(ca, "relay.example.org")),
                tls("wrong-name", relay, server, new Tls(ca, "other.example.org")),
                tls("wrong-ca", relay, server, new Tls(certificate("relay.example.org").getCertificatePEM(), "relay.example.org")),
                tls("jdk-ca", relay, server, new Tls("", "relay.example.org"))));

        await().atMost(SOON).until(() -> relay.waiting() == POOL);
        byte[] sent = new byte[2 * 1024 * 1024];
        new Random(9).nextBytes(sent);
        String text = HexFormat.of().formatHex(sent);
        assertThat(asked(relay, text).equals("heard " + text)).isTrue();
        assertThat(relay.hellos).extracting(Hello::getService).containsOnly("right");
        assertThat(agent.isReady()).isFalse();
    }

    // ---- parts

    private SeedRelay relay() throws IOException {
        SeedRelay relay = SeedRelay.start();
        parts.add(relay);
        return relay;
    }

    private SeedRelay tlsRelay(X509Bundle certificate) throws Exception {
        KeyManagerFactory keys = certificate.toKeyManagerFactory();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocketFactory factory = context.getServerSocketFactory();
        SeedRelay relay = SeedRelay.start(factory);
        parts.add(relay);
        return relay;
    }

    private static X509Bundle certificate(String name) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .addSanDnsName(name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private SmallServer server(SmallServer.Manner manner) throws IOException {
        SmallServer server = SmallServer.start(manner);
        parts.add(server);
        return server;
    }

    private void offer(SeedRelay relay, SmallServer server) {
        offer(relay, server, Duration.ofSeconds(5));
    }

    private void offer(SeedRelay relay, SmallServer server, Duration drainTime) {
        agent = HostAgent.start(new HostAgentConfig(List.of(service(relay, server)), drainTime, List.of()));
        await().atMost(SOON).until(() -> relay.waiting() == POOL && agent.isReady());
    }

    private static HostAgentConfig config(HostServiceConfig... services) {
        return new HostAgentConfig(List.of(services), Duration.ofSeconds(5), List.of());
    }

    private static HostServiceConfig service(SeedRelay relay, SmallServer server) {
        return service(relay, server.address(), "");
    }

    private static HostServiceConfig service(SeedRelay relay, Endpoint target, String token) {
        return new HostServiceConfig(
                "web", target, List.of(relay.address()), POOL, new Secret(token), Optional.empty());
    }

    private static HostServiceConfig tls(String name, SeedRelay relay, SmallServer server, Tls tls) {
        return new HostServiceConfig(
                name, server.address(), List.of(relay.address()), POOL, Secret.NONE, Optional.of(tls));
    }

    // ---- clients

    private static String asked(SeedRelay relay, String question) throws IOException {
        try (Socket client = relay.client()) {
            OutputStream out = client.getOutputStream();
            out.write(question.getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String line(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = client.getInputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            assertThat(next).as("end after '%s'", line).isNotEqualTo(-1);
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private String metrics() throws Exception {
        return asked("/metrics").body();
    }

    private HttpResponse<String> asked(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + agent.metricsPorts().getFirst() + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
