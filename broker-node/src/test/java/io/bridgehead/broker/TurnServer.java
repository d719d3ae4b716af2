package io.bridgehead.broker;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real TURN server, coturn, on the loopback address, which knows nobody but by a shared secret. Ended on close. */
final class TurnServer implements AutoCloseable {

    static final String REALM = "example.org";

    private final Process process;
    private final int port;

    private TurnServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Skips the test, and says what to install, where there is none. */
    static TurnServer start(Path directory, String secret) throws IOException {
        Optional<Path> program = Stream.of("/usr/bin/turnserver", "/usr/local/bin/turnserver")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(program.isPresent(), "needs coturn: apt-get install -y coturn");
        int port = freePort();
        Path config = Files.write(directory.resolve("turnserver.conf"), List.of(
                "listening-ip=127.0.0.1",
                "relay-ip=127.0.0.1",
                "listening-port=" + port,
                "use-auth-secret",
                "static-auth-secret=" + secret,
                "realm=" + REALM,
                "no-tls",
                "no-dtls",
                "no-cli",
                "userdb=" + directory.resolve("turndb"),
                "pidfile=" + directory.resolve("turnserver.pid"),
                "log-file=" + directory.resolve("turnserver.log"),
                "simple-log"));
        Process process = new ProcessBuilder(program.get().toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("turnserver.out").toFile())
                .start();
        return new TurnServer(process, port);
    }

    private static int freePort() throws IOException {
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
