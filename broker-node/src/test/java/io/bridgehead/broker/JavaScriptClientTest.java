package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signalling client for apps: its own tests in Node, against real nodes, and what {@code npm pack} makes of it. */
class JavaScriptClientTest {

    /** Long enough for a busy machine, short enough to be waited for. */
    private static final String GRACE = "signalling.resume-grace=8s";

    @TempDir
    private static Path directory;

    private static JavaScriptPackage client;

    @BeforeAll
    static void install() throws Exception {
        client = JavaScriptPackage.installed(Files.createDirectory(directory.resolve("package")));
    }

    @Test
    void theDeclarationsSayWhatTheCodeDoes() throws Exception {
        client.run(Map.of(), "npm", "run", "types");
    }

    @Test
    void itsPartsPassTheirTests() throws Exception {
        client.run(Map.of(), "npm", "test");
    }

    @Test
    void peersMeetAndComeBackAcrossTwoNodes() throws Exception {
        try (TestCluster cluster = TestCluster.start(Files.createDirectory(directory.resolve("cluster")), 2,
                GRACE, "signalling.ice-servers=stun:stun.example.org:3478", "signalling.guesses-per-address=10000")) {
            Map<String, String> nodes = Map.of(
                    "BRIDGEHEAD_NODES", urls(cluster.node(0).signalling(), cluster.node(1).signalling()));
            client.run(nodes, "node", "--test", "test/broker/meeting.test.js");
            client.run(nodes, "node", "--test", "test/broker/coming-back.test.js");
        }
    }

    @Test
    void peersOfAKilledNodeComeBackOnTheOther() throws Exception {
        String name = "test-" + UUID.randomUUID();
        List<Integer> ports = FreePorts.of(2);
        Path one = Files.createDirectory(directory.resolve("one"));
        Path two = Files.createDirectory(directory.resolve("two"));
        try (ServerProcess first = ServerProcess.serve(one, member(name, "n1", ports.get(0), ports));
                ServerProcess second = ServerProcess.serve(two, member(name, "n2", ports.get(1), ports))) {
            client.run(
                    Map.of(
                            "BRIDGEHEAD_NODES", urls(first.port("signalling"), second.port("signalling")),
                            "BRIDGEHEAD_FIRST_PROCESS", Long.toString(first.pid())),
                    "node", "--test", "test/broker/killed.test.js");
            assertThat(first.isAlive()).isFalse();
        }
    }

    private static String[] member(String cluster, String node, int port, List<Integer> ports) {
        return TestCluster.settings(cluster, directory, node, port, ports, "signalling.resume-grace=30s")
                .toArray(String[]::new);
    }

    @Test
    void passphrasesAndJoinTokensAreShownAsTheBrokerWantsThem() throws Exception {
        String key = UUID.randomUUID().toString();
        String passphrase = "open: sesame \u00e4";
        Path keyFile = Files.writeString(directory.resolve("join-key"), key);
        Path passphraseFile = Files.writeString(directory.resolve("passphrase"), passphrase);
        try (TestNode node = TestNode.start(Files.createDirectory(directory.resolve("guarded")),
                "signalling.server-auth=passphrase", "signalling.passphrase-file=" + passphraseFile,
                "signalling.join-secret-file=" + keyFile)) {
            client.run(
                    Map.of(
                            "BRIDGEHEAD_GUARDED", url(node.signalling()),
                            "BRIDGEHEAD_JOIN_SECRET", key,
                            "BRIDGEHEAD_PASSPHRASE", passphrase),
                    "node", "--test", "test/broker/guarded.test.js");
        }
    }

    @Test
    void itPacksToItselfAndNothingElse() throws Exception {
        String told = client.run(Map.of("npm_config_loglevel", "silent"), "npm", "pack", "--json");
        JsonObject packed = new JsonArray(told.substring(told.indexOf("[\n"))).getJsonObject(0);
        List<String> files = packed.getJsonArray("files").stream()
                .map(file -> ((JsonObject) file).getString("path"))
                .toList();
        assertThat(files).containsExactlyInAnyOrder(
                "LICENSE", "README.md", "package.json", "types/index.d.ts",
                "src/backoff.js", "src/emitter.js", "src/entry.js", "src/errors.js", "src/index.js", "src/line.js",
                "src/options.js", "src/outbox.js", "src/pace.js", "src/peer-link.js", "src/relay.js", "src/signalling.js");
        assertThat(Files.readString(client.directory().resolve("LICENSE")))
                .isEqualTo(Files.readString(Path.of("../LICENSE")));

        Path app = Files.createDirectory(directory.resolve("app"));
        Files.writeString(app.resolve("package.json"), "{\"private\":true}");
        Path tarball = client.directory().resolve(packed.getString("filename"));
        JavaScriptPackage.run(app, Map.of(), "npm", "install", "--offline", "--no-audit", "--no-fund", tarball.toString());
        String names = JavaScriptPackage.run(app, Map.of(), "node", "--input-type=module", "--eval",
                "console.log(Object.keys(await import('bridgehead-signalling')).join())");
        assertThat(names.strip())
                .isEqualTo("ClosedError,MessageTooLargeError,QueueFullError,joinServer,linkPeer,openServer");
        assertThat(new JsonObject(Files.readString(app.resolve("package-lock.json"))).getJsonObject("packages"))
                .as("no dependencies").hasSize(2);
    }

    private static String urls(int one, int two) {
        return url(one) + "," + url(two);
    }

    private static String url(int port) {
        return "ws://127.0.0.1:" + port;
    }
}
