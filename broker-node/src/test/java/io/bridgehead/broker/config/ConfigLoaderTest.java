package io.bridgehead.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration may be, where its values come from, and what is said about a bad one. */
class ConfigLoaderTest {

    @TempDir
    Path directory;

    @Test
    void theShippedFileHoldsEveryKeyAtItsDefault() {
        Path shipped = Path.of("src/dist/config/bridgehead.yaml");

        assertThat(load(Optional.of(shipped), Map.of())).isEqualTo(load(Optional.empty(), Map.of()));
        Set<String> keys = YamlFile.read(shipped).values().keySet();
        assertThat(keys).containsAll(ConfigLoader.knownKeys());
    }

    @Test
    void everyKeyOfTheShippedFileHasAComment() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("src/dist/config/bridgehead.yaml"));
        for (int at = 1; at < lines.size(); at++) {
            if (lines.get(at).matches(" +[a-z-]+: .*")) {
                assertThat(lines.get(at - 1)).as("line above %s", lines.get(at)).matches(" +# .*[.]");
            }
        }
    }

    @Test
    void setWinsOverEnvironmentWinsOverFileWinsOverDefault() throws IOException {
        Path file = file("estim: {max-line-bytes: 100, max-offers: 3, banner-name: from file}\n");
        Map<String, String> environment =
                Map.of("BRIDGEHEAD_ESTIM_MAX_LINE_BYTES", "200", "BRIDGEHEAD_ESTIM_MAX_OFFERS", "4");

        EstimConfig estim = load(Optional.of(file), environment, "estim.max-line-bytes=300").estim();

        assertThat(estim.maxLineBytes()).isEqualTo(300);
        assertThat(estim.maxOffers()).isEqualTo(4);
        assertThat(estim.bannerName()).isEqualTo("from file");
        assertThat(estim.callTimeout()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void anEmptyValueSwitchesAListenerOff() {
        BrokerConfig config = load(Optional.empty(), Map.of("BRIDGEHEAD_ESTIM_WEBSOCKET", ""), "metrics.listen=");

        assertThat(config.estim().websocket()).isEmpty();
        assertThat(config.metrics().listen()).isEmpty();
        assertThat(config.estim().listen()).hasSize(2);
    }

    @Test
    void aDollarSignIsJustADollarSign() {
        assertThat(load(Optional.empty(), Map.of("BRIDGEHEAD_STORE_PASSWORD", "a${b}$c")).store().password())
                .isEqualTo("a${b}$c");
    }

    @Test
    void aListMayBeAYamlList() throws IOException {
        Path file = file("estim:\n  listen:\n    - 127.0.0.1:0\n    - \"[::1]:0\"\n");

        assertThat(load(Optional.of(file), Map.of()).estim().listen())
                .containsExactly(new Endpoint("127.0.0.1", 0), new Endpoint("::1", 0));
    }

    @Test
    void plansComeFromFileEnvironmentAndSet() throws IOException {
        Path file = file("plans: {gold-plus: {max-sessions: 0, grace: 1h}}\n");
        Map<String, String> environment = Map.of("BRIDGEHEAD_PLANS_TRIAL_GRACE", "2d");

        Map<String, PlanConfig> plans = load(Optional.of(file), environment, "plans.free.max-bytes-per-month=0")
                .plans();

        assertThat(plans).containsOnlyKeys("standard", "gold-plus", "trial", "free");
        assertThat(plans.get("gold-plus")).isEqualTo(new PlanConfig(0, 0, 0, Duration.ofHours(1)));
        assertThat(plans.get("trial").grace()).isEqualTo(Duration.ofDays(2));
        assertThat(plans.get("free")).isEqualTo(plans.get("standard"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            estim.max-line-bytes=0          | estim.max-line-bytes: 0 (expected: 64..65536), --set
            estim.max-line-bytes=65537      | estim.max-line-bytes: 65537 (expected: 64..65536), --set
            estim.listen=example.org        | estim.listen: example.org (expected: host:port, several separated by commas, port 0..65535), --set
            estim.listen=0.0.0.0:65536      | estim.listen: 0.0.0.0:65536 (expected: host:port, several separated by commas, port 0..65535), --set
            estim.lisen=127.0.0.1:1         | estim.lisen: unknown key (did you mean estim.listen?), --set
            max-line-bytes=64               | max-line-bytes: unknown key (did you mean estim.max-line-bytes?), --set
            quite.another=1                 | quite.another: unknown key, --set
            estim.call-timeout=60           | estim.call-timeout: 60 (expected: a time like 500ms, 25s, 3m, 1h in 100ms..1h), --set
            bridge.window=1KiB              | bridge.window: 1KiB (expected: bytes like 65536, 64KiB, 10MiB in 64KiB..32MiB), --set
            accounts.mode=free              | accounts.mode: free (expected: subscription or open), --set
            accounts.require-pin=yes        | accounts.require-pin: yes (expected: true or false), --set
            plans.Gold.max-sessions=1       | plans: Gold (expected: a plan name: 1..32 lower-case letters, digits and '-')
            plans.standard.max-sessions=3   | plans.standard.max-sessions: 3 (expected: 0; this version does not enforce it), --set
            plans.gold.max-bytes-per-second=10MiB | plans.gold.max-bytes-per-second: 10MiB (expected: 0; this version does not enforce it), --set
            plans.gold.max-bytes-per-month=x | plans.gold.max-bytes-per-month: x (expected: 0; this version does not enforce it), --set
            signalling.listen=0.0.0.0:9464  | metrics.listen: 127.0.0.1:9464 (expected: a port of its own; signalling.listen has 0.0.0.0:9464)
            signalling.server-auth=some     | signalling.server-auth: some (expected: none or passphrase or account), --set
            signalling.server-auth=passphrase | signalling.server-auth: passphrase (expected: none or account, or a signalling.passphrase), --set
            signalling.token-words=7        | signalling.token-words: 7 (expected: 8..16), --set
            signalling.max-message-bytes=61441 | signalling.max-message-bytes: 61441 (expected: bytes like 65536, 64KiB, 10MiB in 256..60KiB), --set
            signalling.resume-grace=5m      | signalling.resume-grace: 5m (expected: a time like 500ms, 25s, 3m, 1h in 0s..4m), --set
            signalling.origins=example.org  | signalling.origins: example.org (expected: origins like https://example.org, several separated by commas), --set
            signalling.ice-servers=https://example.org | signalling.ice-servers: https://example.org (expected: URIs like stun:stun.example.org:3478, several separated by commas), --set
            signalling.demo=on              | signalling.demo: on (expected: true or false), --set
            signalling.schemas=/no/such     | signalling.schemas: /no/such (expected: a directory), --set
            relay.wait=2h                   | relay.wait: 2h (expected: a time like 500ms, 25s, 3m, 1h in 0s..1h), --set
            relay.anonymous-service=A b     | relay.anonymous-service: A b (expected: empty, or 1..63 lower-case letters, digits and '-', a letter or digit first), --set
            relay.services.web.token=secret | relay.services.web.token: secret (expected: sha256: and 64 hex digits, as bridgehead relay token prints it; never the token itself), --set
            relay.services.web.spread=any   | relay.services.web.spread: any (expected: least-loaded or longest-waiting or sticky), --set
            relay.services.Web.listen=127.0.0.1:1 | relay.services: Web (expected: a service's name: 1..63 lower-case letters, digits and '-', a letter or digit first)
            relay.services.web.listen=0.0.0.0:8002 | relay.services.web.listen: 0.0.0.0:8002 (expected: a port of its own; relay.clients has 0.0.0.0:8002), --set
            relay.services.web.sni=a_b      | relay.services.web.sni: a_b (expected: host names in lower case, several separated by commas), --set
            relay.services.web.sni=web.example.org | relay.services.web.sni: web.example.org (expected: empty, or a relay.sni.listen), --set
            relay.services.web.allow=10.0.0.0/33 | relay.services.web.allow: 10.0.0.0/33 (expected: addresses or blocks like 10.0.0.0/8, several separated by commas), --set
            relay.services.web.max-connections=-1 | relay.services.web.max-connections: -1 (expected: 0..1000000), --set
            relay.services.web.max-bytes-per-second=1000 | relay.services.web.max-bytes-per-second: 1000 (expected: 0, or bytes like 64KiB, 10MiB in 1KiB..1TiB), --set
            relay.services.web.idle-timeout=8d | relay.services.web.idle-timeout: 8d (expected: 0s, or a time like 500ms, 25s, 3m, 1h in 100ms..7d), --set
            relay.services.web.proxy-protocol=v3 | relay.services.web.proxy-protocol: v3 (expected: none or v1 or v2), --set
            relay.services.web.owner=a@b@c  | relay.services.web.owner: a@b@c (expected: an account's id, like alice or alice@example.org; empty: nobody's), --set
            relay.services.web.consent=client | relay.services.web.owner:  (expected: an account, because relay.services.web.consent asks it)
            relay.services.web.consent-for=31d | relay.services.web.consent-for: 31d (expected: a time like 500ms, 25s, 3m, 1h in 1s..30d), --set
            relay.services.web.size=1       | relay.services.web.size: unknown key, --set
            relay.consent-wait=0s           | relay.consent-wait: 0s (expected: a time like 500ms, 25s, 3m, 1h in 100ms..1h), --set
            relay.sni.listen=0.0.0.0:8443   | relay.sni.tls.cert:  (expected: a PEM file, because relay.sni.listen is set)
            relay.sni.tls.cert=pom.xml      | relay.sni.tls.key:  (expected: a PEM file, because relay.sni.tls.cert is set)
            rendezvous.udp=0.0.0.0:5024     | rendezvous.udp: 0.0.0.0:5024 (expected: empty; this version has no rendezvous room), --set
            bester.unix=/run/b.sock         | bester.unix: /run/b.sock (expected: empty; this version has no bester room), --set
            federation.listen=0.0.0.0:7443  | federation.listen: 0.0.0.0:7443 (expected: empty; this version has no federation), --set
            estim.proxy-protocol-from=10.0.0.0/33 | estim.proxy-protocol-from: 10.0.0.0/33 (expected: addresses or blocks like 10.0.0.0/8, several separated by commas), --set
            metrics.listen=0.0.0.0:8090     | metrics.listen: 0.0.0.0:8090 (expected: a port of its own; admin.listen has 127.0.0.1:8090), --set
            admin.listen=0.0.0.0:8090       | admin.listen: 0.0.0.0:8090 (expected: a loopback address, or admin.tls.cert and admin.tls.key, or admin.insecure: true), --set
            admin.tls.cert=pom.xml          | admin.tls.key:  (expected: a PEM file, because admin.tls.cert is set)
            node.domain=a@b                 | node.domain: a@b (expected: a domain name in lower case, like example.org), --set
            store.url=jdbc:h2:mem           | store.url: jdbc:h2:mem (expected: jdbc:sqlite:FILE or jdbc:postgresql://HOST:PORT/NAME), --set
            estim.max-offers                | --set: estim.max-offers (expected: key=value)
            """)
    void aBadValueIsToldInOneLine(String set, String line) {
        assertThat(problems(Optional.empty(), Map.of(), set)).containsExactly(line);
    }

    @ParameterizedTest
    @CsvSource({"64", "65536"})
    void theEdgesOfARangeAreInIt(int edge) {
        assertThat(load(Optional.empty(), Map.of(), "estim.max-line-bytes=" + edge).estim().maxLineBytes())
                .isEqualTo(edge);
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirPlace() throws IOException {
        Path file = file("estim:\n  max-line-bytes: 0\n  lisen: \"127.0.0.1:1\"\nmetrics:\n  tls: {cert: none.pem}\n");

        assertThat(problems(Optional.of(file), Map.of("BRIDGEHEAD_ESTIM_LISTN", "1")))
                .containsExactlyInAnyOrder(
                        "estim.max-line-bytes: 0 (expected: 64..65536), " + file + " line 2",
                        "estim.lisen: unknown key (did you mean estim.listen?), " + file + " line 3",
                        "metrics.tls.key:  (expected: a PEM file, because metrics.tls.cert is set)",
                        "metrics.tls.cert: none.pem (expected: a readable file), " + file + " line 5",
                        "BRIDGEHEAD_ESTIM_LISTN: unknown key (did you mean BRIDGEHEAD_ESTIM_LISTEN?), environment");
    }

    @Test
    void aFileThatIsNoYamlIsToldWithItsLine() throws IOException {
        Path broken = file("node:\n  name: a\n  domain: [b\n");
        Path twice = directory.resolve("twice.yaml");
        Files.writeString(twice, "node: {name: a}\nestim:\n  max-offers: 1\n  max-offers: 2\n");
        Path missing = directory.resolve("missing.yaml");

        assertThat(problems(Optional.of(broken), Map.of())).singleElement().asString()
                .startsWith(broken + " line 4: not YAML: ");
        assertThat(problems(Optional.of(twice), Map.of()))
                .containsExactly(twice + " line 4: estim.max-offers is set twice, first in line 3");
        assertThat(problems(Optional.of(missing), Map.of())).containsExactly(missing + ": no such file");
        assertThat(problems(Optional.of(directory), Map.of())).singleElement().asString()
                .startsWith(directory + ": cannot be read: ");
    }

    @Test
    void aYamlTagMakesNoObjectAndAliasesDoNotLoop() throws IOException {
        assertThat(problems(Optional.of(file("node: &a\n  x: *a\n")), Map.of())).isNotEmpty();
        assertThat(problems(Optional.of(file("node: {name: !!java.io.File [x y]}\n")), Map.of()))
                .singleElement().asString().contains("not YAML: Global tag is not allowed");
    }

    @Test
    void theDatabasePasswordIsRefusedOnTheCommandLineAndNeverShown() {
        assertThat(problems(Optional.empty(), Map.of(), "store.password=hunter2")).singleElement().asString()
                .startsWith("store.password: (not shown) (expected: not on the command line")
                .contains("BRIDGEHEAD_STORE_PASSWORD", "store.password-file")
                .doesNotContain("hunter2");
        assertThat(problems(Optional.empty(), Map.of(), "store.url=jdbc:postgresql://h/b?password=hunter2"))
                .singleElement().asString().doesNotContain("hunter2");
        assertThat(load(Optional.empty(), Map.of("BRIDGEHEAD_STORE_PASSWORD", "hunter2")).toString())
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"passphrase,8", "join-secret,32", "turn-secret,1"})
    void aSecretOfSignallingIsRefusedOnTheCommandLineAndNeverShown(String name, int minLength) throws IOException {
        String key = "signalling." + name;
        String variable = "BRIDGEHEAD_SIGNALLING_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
        String secret = "hunter2-".repeat(4);
        Path file = directory.resolve(name);
        Files.writeString(file, secret + "\n");

        assertThat(problems(Optional.empty(), Map.of(), key + "=" + secret)).singleElement().asString()
                .startsWith(key + ": (not shown) (expected: not on the command line").doesNotContain(secret);
        assertThat(problems(Optional.empty(), Map.of(variable, secret), key + "-file=" + file)).singleElement().asString()
                .startsWith(key + "-file: ").doesNotContain(secret);
        assertThat(problems(Optional.empty(), Map.of(), key + "-file=/no/such")).singleElement().asString()
                .isEqualTo(key + "-file: /no/such (expected: a readable text file), --set");
        assertThat(load(Optional.empty(), Map.of(variable, secret)).toString()).doesNotContain(secret);
        assertThat(load(Optional.empty(), Map.of(), key + "-file=" + file)).isEqualTo(
                load(Optional.empty(), Map.of(variable, secret)));
        if (minLength > 1) {
            assertThat(problems(Optional.empty(), Map.of(variable, secret.substring(0, minLength - 1))))
                    .containsExactly(key + ": (not shown) (expected: at least " + minLength + " characters), " + variable);
        }
    }

    @Test
    void theDatabasePasswordMayStandInAFile() throws IOException {
        Path secret = directory.resolve("password");
        Files.writeString(secret, "s3cret\n");

        assertThat(load(Optional.empty(), Map.of(), "store.password-file=" + secret).store().password())
                .isEqualTo("s3cret");
        assertThat(problems(Optional.empty(), Map.of(), "store.password-file=" + directory.resolve("none")))
                .singleElement().asString().startsWith("store.password-file: ");
        assertThat(problems(Optional.empty(), Map.of("BRIDGEHEAD_STORE_PASSWORD", "x"),
                        "store.password-file=" + secret))
                .singleElement().asString().contains("only one of them");
    }

    @Test
    void aProblemIsOneLineWhateverTheValueHolds() {
        assertThat(problems(Optional.empty(), Map.of(), "accounts.mode=a\n\u001b[2Jb")).singleElement().asString()
                .startsWith("accounts.mode: a\\u000A\\u001B[2Jb (expected");
    }

    @Test
    void aFormatTheLogDoesNotKnowIsRefused() {
        assertThat(problems(Optional.empty(), Map.of("BRIDGEHEAD_LOG", "xml", "BRIDGEHEAD_LOG_LEVEL", "loud")))
                .containsExactly(
                        "BRIDGEHEAD_LOG: xml (expected: text or json), environment",
                        "BRIDGEHEAD_LOG_LEVEL: loud (expected: trace or debug or info or warn or error), environment");
    }

    @Test
    void kubernetesServiceVariablesAreNoKeys() {
        Map<String, String> pod = Map.of(
                "KUBERNETES_SERVICE_HOST", "10.0.0.1",
                "BRIDGEHEAD_SERVICE_HOST", "10.0.0.2",
                "BRIDGEHEAD_SERVICE_PORT_LINE", "37846",
                "BRIDGEHEAD_PORT", "tcp://10.0.0.2:37846",
                "BRIDGEHEAD_ADMIN_PORT_8090_TCP_ADDR", "10.0.0.3",
                "BRIDGEHEAD_LOG", "json");

        assertThat(load(Optional.empty(), pod)).isEqualTo(load(Optional.empty(), Map.of()));
        assertThat(problems(Optional.empty(), Map.of("BRIDGEHEAD_PORT", "1"))).hasSize(1);
    }

    @Test
    void aClientCommandNeedsNoFilesOfTheNode() {
        List<String> sets = List.of("admin.tls.cert=none.pem", "admin.tls.key=none.pem");

        assertThat(new ConfigLoader(Optional.empty(), Map.of(), sets).loadForClient().admin().tls().enabled())
                .isTrue();
    }

    @Test
    void everyKeyCanBeSetInTheEnvironmentByANameOfItsOwn() {
        Set<String> keys = ConfigLoader.knownKeys();

        assertThat(keys.stream().map(EnvironmentNames::of).distinct()).hasSameSizeAs(keys);
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("test.yaml"), yaml);
    }

    private static BrokerConfig load(Optional<Path> file, Map<String, String> environment, String... sets) {
        return new ConfigLoader(file, environment, List.of(sets)).load();
    }

    private static List<String> problems(Optional<Path> file, Map<String, String> environment, String... sets) {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> load(file, environment, sets));
        assertThat(refused).as("refused").isNotNull();
        return refused.problems().stream().map(ConfigProblem::line).toList();
    }
}
