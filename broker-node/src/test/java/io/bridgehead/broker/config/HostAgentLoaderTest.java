package io.bridgehead.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostAgentLoaderTest {

    @TempDir
    private Path directory;

    @Test
    void threeOptionsAreEnough() {
        assertThat(HostAgentLoader.of(
                                Map.of("service", "ssh", "to", "127.0.0.1:22", "relay", "relay.example.org"), Map.of())
                        .load())
                .isEqualTo(new HostAgentConfig(
                        List.of(new HostServiceConfig(
                                "ssh",
                                new Endpoint("127.0.0.1", 22),
                                List.of(new RelayAddress("relay.example.org", 8000, 8001)),
                                10,
                                Secret.NONE,
                                Optional.empty())),
                        Duration.ofSeconds(25),
                        List.of()));
    }

    @Test
    void everyOptionCounts() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "s3cret\nnot the token\n");
        String certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=relay.example.org")
                .setIsCertificateAuthority(true)
                .buildSelfSigned()
                .getCertificatePEM();
        Path ca = Files.writeString(directory.resolve("ca.pem"), certificate);
        Map<String, String> options = options();
        options.putAll(Map.of(
                "relay", "r1.example.org,[::1]:18000,10.0.0.3:19000/19007",
                "pool", "20",
                "token-file", token.toString(),
                "tls", "true",
                "ca", ca.toString(),
                "server-name", "relay.example.org",
                "drain-time", "1m",
                "metrics", "127.0.0.1:9465"));

        HostAgentConfig config = HostAgentLoader.of(options, Map.of()).load();

        assertThat(config.drainTime()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.metrics()).containsExactly(new Endpoint("127.0.0.1", 9465));
        assertThat(config.services()).containsExactly(new HostServiceConfig(
                "ssh",
                new Endpoint("127.0.0.1", 22),
                List.of(
                        new RelayAddress("r1.example.org", 8000, 8001),
                        new RelayAddress("::1", 18000, 18001),
                        new RelayAddress("10.0.0.3", 19000, 19007)),
                20,
                new Secret("s3cret"),
                Optional.of(new HostServiceConfig.Tls(certificate, "relay.example.org"))));
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @Test
    void theTokenMayComeFromTheEnvironmentButNotTwice() throws IOException {
        Map<String, String> environment = Map.of(HostAgentLoader.TOKEN_VARIABLE, "s3cret");
        assertThat(HostAgentLoader.of(options(), environment).load().services().getFirst().token())
                .isEqualTo(new Secret("s3cret"));

        Map<String, String> both = options();
        both.put("token-file", Files.writeString(directory.resolve("token"), "other").toString());
        assertThat(problems(both, environment))
                .containsExactly("--token-file: " + directory.resolve("token")
                        + " (expected: nothing, or no BRIDGEHEAD_HOST_TOKEN: only one of them)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            service     | Ssh            | --service: Ssh (expected: a service's name: 1..63
            to          | 22             | --to: 22 (expected: HOST:PORT, like 127.0.0.1:22)
            to          | 127.0.0.1:0    | --to: 127.0.0.1:0 (expected: HOST:PORT
            relay       | relay:0        | --relay: relay:0 (expected: HOST, HOST:DATA-PORT or HOST:DATA-PORT/COMMAND-PORT
            relay       | relay:65535    | --relay: relay:65535 (expected: HOST
            relay       | ''                | --relay:  (expected: HOST
            relay       | [1::2::3]      | --relay: [1::2::3] (expected: HOST
            pool        | 0              | --pool: 0 (expected: 1..10000)
            pool        | 10001          | --pool: 10001 (expected: 1..10000)
            token-file  | /nowhere/token | --token-file: /nowhere/token (expected: a readable text file)
            drain-time  | 25             | --drain-time: 25 (expected: a time like
            metrics     | 9465           | --metrics: 9465 (expected: host:port
            ca          | /nowhere/ca    | --ca: /nowhere/ca (expected: a readable file of PEM certificates)
            server-name | relay          | --server-name: relay (expected: --tls beside it)
            """)
    void aBadOptionIsNamed(String option, String value, String line) {
        Map<String, String> options = options();
        options.put(option, value);
        assertThat(problems(options, Map.of())).hasSize(option.equals("ca") ? 2 : 1).first().asString().startsWith(line);
    }

    @Test
    void aCaFileWithoutACertificateIsRefused() throws IOException {
        Path ca = Files.writeString(directory.resolve("ca.pem"), "no certificate");
        Map<String, String> options = options();
        options.putAll(Map.of("tls", "true", "ca", ca.toString()));
        assertThat(problems(options, Map.of()))
                .containsExactly("--ca: " + ca + " (expected: a readable file of PEM certificates)");
    }

    @Test
    void missingOptionsAreNamedAllAtOnce() {
        assertThat(problems(Map.of(), Map.of()))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("--service: "))
                .anyMatch(line -> line.startsWith("--to: none (expected: HOST:PORT"))
                .anyMatch(line -> line.startsWith("--relay: none (expected: HOST"));
    }

    @Test
    void aTokenThatCannotBeOneIsRefusedWithoutShowingIt() throws IOException {
        for (String token : List.of("two words", "x".repeat(257), "ü")) {
            assertThat(problems(options(), Map.of(HostAgentLoader.TOKEN_VARIABLE, token)))
                    .containsExactly("--token-file: (not shown) (expected: 1..256 printable ASCII characters without a"
                            + " blank, on the first line), environment, BRIDGEHEAD_HOST_TOKEN");
        }
        Map<String, String> options = options();
        options.put("token-file", Files.writeString(directory.resolve("empty"), "\n").toString());
        assertThat(problems(options, Map.of())).hasSize(1).first().asString().startsWith("--token-file: ");
    }

    @Test
    void aFileHasSeveralServicesWithDefaultsForAll() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "s3cret");
        HostAgentConfig config = HostAgentLoader.of(yaml("""
                        relay: [r1.example.org, r2.example.org]
                        pool: 5
                        tls: {enabled: true}
                        metrics: {listen: "127.0.0.1:9465"}
                        services:
                          ssh: {to: "127.0.0.1:22", token-file: %s}
                          web: {to: "127.0.0.1:80", relay: r3.example.org, pool: 50}
                        """.formatted(token)))
                .load();

        Optional<HostServiceConfig.Tls> tls = Optional.of(new HostServiceConfig.Tls("", ""));
        assertThat(config.services()).containsExactly(
                new HostServiceConfig(
                        "ssh",
                        new Endpoint("127.0.0.1", 22),
                        List.of(
                                new RelayAddress("r1.example.org", 8000, 8001),
                                new RelayAddress("r2.example.org", 8000, 8001)),
                        5,
                        new Secret("s3cret"),
                        tls),
                new HostServiceConfig(
                        "web",
                        new Endpoint("127.0.0.1", 80),
                        List.of(new RelayAddress("r3.example.org", 8000, 8001)),
                        50,
                        Secret.NONE,
                        tls));
    }

    @Test
    void whatIsWrongInAFileIsToldWithItsLine() throws IOException {
        Path file = yaml("""
                relay: relay.example.org
                pol: 5
                services:
                  Web: {to: "127.0.0.1:80"}
                  ssh: {to: "22", tokenfile: x}
                """);
        assertThat(catchThrowableOfType(ConfigException.class, HostAgentLoader.of(file)::load).problems())
                .extracting(ConfigProblem::line)
                .anyMatch(line -> line.startsWith("pol: unknown key (did you mean pool?), " + file + " line 2"))
                .anyMatch(line -> line.startsWith("services: Web (expected: a service's name"))
                .anyMatch(line -> line.equals(
                        "services.ssh.to: 22 (expected: HOST:PORT, like 127.0.0.1:22), " + file + " line 5"))
                .anyMatch(line -> line.startsWith("services.ssh.tokenfile: unknown key"));
    }

    @Test
    void aFileWithoutAServiceIsRefused() throws IOException {
        Path file = yaml("relay: relay.example.org\n");
        assertThat(catchThrowableOfType(ConfigException.class, HostAgentLoader.of(file)::load).problems())
                .extracting(ConfigProblem::line)
                .containsExactly("services: 0 of them (expected: 1..256, each with \"to: HOST:PORT\")");
    }

    @Test
    void whatIsReadAgainIsEqualUntilAFileChanges() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "s3cret");
        Map<String, String> options = options();
        options.put("token-file", token.toString());
        HostAgentLoader loader = HostAgentLoader.of(options, Map.of());
        HostAgentConfig first = loader.load();

        assertThat(loader.load()).isEqualTo(first);
        Files.writeString(token, "another");
        assertThat(loader.load()).isNotEqualTo(first);
    }

    private static Map<String, String> options() {
        return new HashMap<>(Map.of("service", "ssh", "to", "127.0.0.1:22", "relay", "relay.example.org"));
    }

    private Path yaml(String text) throws IOException {
        return Files.writeString(directory.resolve("host.yaml"), text);
    }

    private static List<String> problems(Map<String, String> options, Map<String, String> environment) {
        return catchThrowableOfType(ConfigException.class, HostAgentLoader.of(options, environment)::load)
                .problems()
                .stream()
                .map(ConfigProblem::line)
                .toList();
    }
}
