package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Owners of services, their hosts and clients on three nodes: the owner on n1, the client on n2, the host on n3. */
@Timeout(60)
class RelayConsentClusterEndToEndTest {

    private static final String TOKEN = "a-token-of-the-test";
    private static final Pattern ASKED = Pattern.compile(";connect=((\\w+)\\.\\d+@relay\\.invalid)");

    @TempDir
    private static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        String hash = HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
        List<String> settings = new ArrayList<>(List.of("relay.wait=10s", "relay.consent-wait=10s"));
        for (String name : List.of("yes", "no", "api", "addr", "gone", "busy", "ban")) {
            settings.add("relay.services." + name + ".listen=127.0.0.1:0");
            settings.add("relay.services." + name + ".token=sha256:" + hash);
            settings.add("relay.services." + name + ".owner=" + name + "-owner");
            settings.add("relay.services." + name + ".consent="
                    + (name.equals("addr") ? "address" : name.equals("ban") ? "none" : "client"));
        }
        settings.add("relay.services.two.listen=127.0.0.1:0");
        settings.add("relay.services.two.token=sha256:" + hash);
        settings.add("relay.services.two.max-connections=1");
        settings.add("relay.services.ban.proxy-protocol=v1");
        cluster = TestCluster.start(directory, 3, settings.toArray(String[]::new));
        for (String name : List.of("yes", "no", "api", "addr", "gone", "busy", "ban")) {
            cluster.node(0).accounts(name + "-owner");
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** On a node, once the nodes have seen that the owner exists. */
    private static RelayHost host(int node, String service, int pool) {
        List<RelayHost> host = new ArrayList<>();
        await().ignoreExceptions().until(() -> {
            try {
                host.add(RelayHost.named(cluster.node(node), service, TOKEN, "h", pool));
                return true;
            } catch (AssertionError notYet) {
                return false;
            }
        });
        return host.getFirst();
    }

    /** Where the service's clients come in on that node: as a host there is told. */
    private static int port(int node, String service) throws IOException {
        try (RelayHost host = host(node, service, 1)) {
            return Integer.parseInt(host.pool().getFirst().welcome().getRelayPort());
        }
    }

    private static LineClient owner(String service) throws IOException {
        return cluster.node(0).registered(service + "-owner");
    }

    /** The name of the request that the owner is told of. */
    private static String asked(LineClient owner, String service) throws IOException {
        assertThat(owner.line()).matches(";info:" + service + ": 127\\.0\\.0\\.1 asks for a connection, as \\S+");
        Matcher asked = ASKED.matcher(owner.line());
        assertThat(asked.matches()).isTrue();
        return asked.group(1);
    }

    @Test
    void anOwnersYesGivesTheClientItsHostAndLeavesTheOwnersConnectionAsItWas() throws Exception {
        int port = port(1, "yes");
        try (LineClient owner = owner("yes");
                RelayHost host = host(2, "yes", 1);
                RelayPipe client = RelayPipe.connect(port)) {
            client.send("hello");
            String name = asked(owner, "yes");

            owner.send(";accept=" + name);

            owner.expect(";info:accepted " + name);
            host.assigned().pipe().expect("hello");
            owner.send(";accept=" + name);
            owner.expect(";error:no connect request from " + name);
            owner.send(";users");
            assertThat(owner.line()).startsWith(";user:");
        }
    }

    @Test
    void anOwnersNoClosesTheClient() throws Exception {
        int port = port(1, "no");
        try (LineClient owner = owner("no");
                RelayPipe client = RelayPipe.connect(port)) {
            owner.send(";reject=" + asked(owner, "no"));
            client.expectClosed();
        }
    }

    @Test
    void anOperatorAnswersThroughAnyNodeAndTheOwnersAnswerComesTooLate() throws Exception {
        int port = port(1, "api");
        ListAppender<ILoggingEvent> audit = new ListAppender<>();
        audit.start();
        Logger logger = (Logger) LoggerFactory.getLogger("audit");
        logger.setLevel(Level.INFO);
        logger.addAppender(audit);
        try (LineClient owner = owner("api");
                RelayHost host = host(2, "api", 1);
                RelayPipe client = RelayPipe.connect(port)) {
            client.send("hello");
            String name = asked(owner, "api");
            JsonObject list = new JsonObject(cluster.node(2).admin("GET", "/v1/relay/requests", null).body());
            JsonArray rows = new JsonArray(list.getJsonArray("requests").stream()
                    .filter(row -> ((JsonObject) row).getString("id").equals(name))
                    .toList());
            assertThat(rows).hasSize(1);
            assertThat(rows.getJsonObject(0).getString("client")).isEqualTo("127.0.0.1");
            assertThat(rows.getJsonObject(0).getString("node")).isEqualTo("n2");
            assertThat(rows.getJsonObject(0).getBoolean("asked")).isTrue();
            assertThat(list.getJsonArray("missing")).isEmpty();

            assertThat(cluster.node(2).admin("POST", "/v1/relay/requests/" + name + "/accept", null).statusCode())
                    .isEqualTo(204);

            host.assigned().pipe().expect("hello");
            await().untilAsserted(() -> {
                owner.send(";reject=" + name);
                assertThat(owner.line()).isIn(";unavailable:" + name, ";error:no connect request from " + name);
            });
            assertThat(cluster.node(2).admin("POST", "/v1/relay/requests/" + name + "/accept", null).statusCode())
                    .isEqualTo(404);
            assertThat(List.copyOf(audit.list))
                    .filteredOn(event -> event.getKeyValuePairs().contains(new KeyValuePair("request", name)))
                    .extracting(ILoggingEvent::getMessage)
                    .containsExactly("relay consent asked", "relay consent given");
        } finally {
            logger.detachAppender(audit);
            logger.setLevel(null);
        }
    }

    @Test
    void aYesHoldsForTheAddressOnEveryNode() throws Exception {
        int here = port(1, "addr");
        int there = port(2, "addr");
        try (LineClient owner = owner("addr");
                RelayHost host = host(2, "addr", 3)) {
            try (RelayPipe client = RelayPipe.connect(here)) {
                client.send("first");
                owner.send(";accept=" + asked(owner, "addr"));
                assertThat(owner.line()).startsWith(";info:accepted ");
                host.assigned().pipe().expect("first");
            }
            try (RelayPipe client = RelayPipe.connect(here)) {
                client.send("second");
                host.assigned();
            }
            try (RelayPipe client = RelayPipe.connect(there)) {
                client.send("third");
                host.assigned().pipe().expect("third");
            }
        }
    }

    @Test
    void aClientThatGoesWithdrawsItsRequest() throws Exception {
        int port = port(1, "gone");
        try (LineClient owner = owner("gone")) {
            RelayPipe client = RelayPipe.connect(port);
            String name = asked(owner, "gone");
            client.reset();
            await().untilAsserted(() -> assertThat(cluster.node(0).admin("GET", "/v1/relay/requests", null).body())
                    .doesNotContain(name));
            owner.send(";accept=" + name);
            owner.expect(";unavailable:" + name);
        }
    }

    @Test
    void aClientWhoseOwnerIsNotThereIsClosedWhenTheTimeIsOver() throws Exception {
        int port = port(1, "busy");
        try (RelayPipe client = RelayPipe.connect(port)) {
            client.socket().setSoTimeout(20_000);
            client.expectClosed();
        }
    }

    @Test
    void aBanEndsPipesOverNodesAndTheHostOfAnotherNodeWasToldTheClientsAddress() throws Exception {
        int port = port(1, "ban");
        try (RelayHost host = host(2, "ban", 2);
                RelayPipe client = RelayPipe.connect(port)) {
            client.send("x");
            RelayHost.Data assigned = host.assigned();
            assigned.pipe().expect("PROXY TCP4 127.0.0.1 127.0.0.1 " + client.socket().getLocalPort() + " " + port
                    + "\r\nx");

            cluster.node(0).admin("POST", "/v1/accounts/ban-owner/ban", new JsonObject().put("reason", "unpaid"));

            client.expectCut();
            assigned.pipe().expectCut();
            host.pool().getFirst().pipe().expectClosed();

            cluster.node(0).admin("POST", "/v1/accounts/ban-owner/unban", null);
            host(2, "ban", 1).close();
        }
    }

    @Test
    void clientsAreCountedOverNodes() throws Exception {
        int one = port(0, "two");
        int another = port(1, "two");
        try (RelayHost host = host(2, "two", 3);
                RelayPipe client = RelayPipe.connect(one)) {
            client.send("x");
            host.assigned().pipe().expect("x");
            await().ignoreExceptions().until(() -> {
                try (RelayPipe beyond = RelayPipe.connect(another)) {
                    beyond.socket().setSoTimeout(500);
                    return beyond.socket().getInputStream().read() < 0;
                }
            });
        }
    }

    @Test
    void noAccountCanHaveARequestsName() throws Exception {
        assertThat(cluster.node(0).admin(
                                "POST", "/v1/accounts", new JsonObject().put("id", "yes.1@relay.invalid"))
                        .statusCode())
                .isEqualTo(400);
    }
}
