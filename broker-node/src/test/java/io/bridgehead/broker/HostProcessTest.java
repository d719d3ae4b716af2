package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.hostagent.SeedRelay;
import io.bridgehead.broker.hostagent.SmallServer;
import io.bridgehead.relay.messages.Hello;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bridgehead host} as a process: its options, its file, its signals. */
@Timeout(120)
class HostProcessTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private SeedRelay relay;
    private SmallServer server;
    private ServerProcess host;

    @BeforeEach
    void start() throws IOException {
        relay = SeedRelay.start();
        server = SmallServer.start(SmallServer.GREETS);
    }

    @AfterEach
    void stop() throws IOException {
        if (host != null) {
            host.close();
        }
        relay.close();
        server.close();
    }

    @Test
    void itServesByItsOptionsAndEndsWithZeroWhenItsClientsHaveFinished() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        host = ServerProcess.run(directory, "host", "--service", "ssh", "--to", server.address().toString(),
                "--relay", relay.address().toString(), "--pool", "4", "--token-file", token.toString());
        await().atMost(SOON).until(() -> relay.waiting() == 4);
        assertThat(relay.hellos).extracting(Hello::getToken).containsOnly("s3cret");

        try (Socket client = relay.client()) {
            assertThat(client.getInputStream().readNBytes(15)).asString().isEqualTo("SSH-2.0-small\r\n");
            host.terminate();
            await().atMost(SOON).until(() -> relay.waiting() == 0);
            client.getOutputStream().write(HELLO);
            assertThat(client.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
            assertThat(host.isAlive()).isTrue();
        }
        assertThat(host.exitCode(SOON)).isZero();
        assertThat(host.err()).doesNotContain("s3cret", "Exception");
    }

    @Test
    void itBecomesWhatItsFileSaysByItselfAndAtOnceWhenItIsTold() throws Exception {
        Path file = directory.resolve("host.yaml");
        write(file, "one");
        host = ServerProcess.run(directory, "host", "--config", file.toString());
        await().atMost(SOON).until(() -> relay.waiting() == 2 && said("one"));

        write(file, "two");
        await().atMost(SOON).until(() -> relay.waiting() == 2 && said("two"));

        Files.writeString(file, "services: [\n");
        await().atMost(SOON).until(() -> host.err().contains("the old configuration stays in use: "));
        assertThat(relay.waiting()).isEqualTo(2);

        write(file, "three");
        host.hangUp();
        await().atMost(SOON).until(() -> relay.waiting() == 2 && said("three"));
        host.terminate();
        assertThat(host.exitCode(SOON)).isZero();
    }

    @Test
    void aWrongOptionIsToldInALineAndEndsItWithTwo() throws Exception {
        host = ServerProcess.run(directory, "host", "--service", "ssh", "--to", "22", "--relay", "relay.example.org");
        assertThat(host.exitCode(SOON)).isEqualTo(2);
        assertThat(host.err()).isEqualTo("--to: 22 (expected: HOST:PORT, like 127.0.0.1:22)\n");
    }

    @Test
    void aFileAndAnOptionDoNotGoTogether() throws Exception {
        host = ServerProcess.run(directory, "host", "--config", "host.yaml", "--pool", "4");
        assertThat(host.exitCode(SOON)).isEqualTo(2);
        assertThat(host.err()).startsWith("--pool: not together with --config (expected: one of them)\n");
    }

    @Test
    void aTakenMetricsPortEndsItWithTwo() throws Exception {
        host = ServerProcess.run(directory, "host", "--service", "ssh", "--to", server.address().toString(),
                "--relay", relay.address().toString(), "--metrics", server.address().toString());
        assertThat(host.exitCode(SOON)).isEqualTo(2);
        assertThat(host.err()).contains("metrics.listen: " + server.address() + " is in use (expected: a free port)");
    }

    private boolean said(String service) {
        return relay.hellos.getLast().getService().equals(service);
    }

    private void write(Path file, String service) throws IOException {
        Files.writeString(file, """
                relay: %s
                pool: 2
                services:
                  %s: {to: "%s"}
                """.formatted(relay.address(), service, server.address()));
    }
}
