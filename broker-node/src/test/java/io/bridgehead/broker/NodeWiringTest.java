package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.config.ConfigLoader;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.model.AccountId;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only shows when a whole node is wired: every meter is there, and configured limits reach who holds them. */
class NodeWiringTest {

    @TempDir
    private Path directory;

    private Node node;

    @AfterEach
    void stop() {
        node.stop();
    }

    @Test
    void aRunningNodeShowsEveryMeter() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256().subject("CN=broker.example.org").setIsCertificateAuthority(true).buildSelfSigned();
        Path cert = Files.writeString(directory.resolve("cert.pem"), certificate.getCertificatePEM());
        Path key = Files.writeString(directory.resolve("key.pem"), certificate.getPrivateKeyPEM());
        // a service's meters are there with the service
        start("estim.tls.cert=" + cert, "estim.tls.key=" + key,
                "relay.hosts=127.0.0.1:0", "relay.commands=127.0.0.1:0", "relay.clients=127.0.0.1:0",
                "relay.anonymous-service=echo");

        String scrape = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.ports().metrics() + "/metrics"))
                        .build(), BodyHandlers.ofString())
                .body();

        for (Meter meter : Meter.values()) {
            if (meter.meterName().startsWith("bridgehead_host_")) {
                // the host agent's, which is no node
                assertThat(scrape).doesNotContain(meter.meterName());
                continue;
            }
            assertThat(scrape).contains("# HELP " + meter.meterName() + " " + meter.meaning() + "\n");
        }
        assertThat(scrape)
                .contains("\nbridgehead_store_up 1.0\n", "\nbridgehead_admission_queue 0.0\n")
                .contains("version=\"" + Version.current() + "\"");
    }

    @Test
    void aSecondStopDoesNothing() throws Exception {
        start();
        int metrics = node.ports().metrics();
        node.stop();
        node.stop();
        assertThatThrownBy(() -> new Socket("127.0.0.1", metrics).close()).isInstanceOf(ConnectException.class);
    }

    @ParameterizedTest
    @CsvSource({"accounts.pin-attempts=2", "accounts.pin-attempts-per-address=2"})
    void asManyWrongPinsAsConfiguredAreTaken(String limit) throws Exception {
        start(limit);
        create("ann", Optional.of("right"));

        assertThat(register("ann;wrong")).contains(";failed:4=");
        assertThat(register("ann;wrong")).contains(";failed:4=");
        assertThat(register("ann;right")).contains(";failed:5=");
    }

    private String register(String credentials) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", node.ports().tcp().getFirst())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write((";register=" + credentials + "\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = in.readLine();
            while (line != null && !line.startsWith(";failed") && !line.startsWith(";registered")) {
                line = in.readLine();
            }
            return String.valueOf(line);
        }
    }

    private void create(String id, Optional<String> pin) throws Exception {
        NewAccount account = new NewAccount(AccountId.require(id, "example.org"), pin, Optional.empty(),
                Optional.empty(), Optional.empty());
        node.accounts().create(account).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void start(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "node.domain=example.org",
                "node.data-dir=" + directory,
                "store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"),
                "admin.token-file=" + directory.resolve("admin.token"),
                "admin.listen=127.0.0.1:0",
                "metrics.listen=127.0.0.1:0",
                "estim.listen=127.0.0.1:0",
                "estim.websocket=",
                "signalling.listen=127.0.0.1:0"));
        all.addAll(List.of(settings));
        node = Node.start(new ConfigLoader(Optional.empty(), Map.of(), all).load());
    }
}
