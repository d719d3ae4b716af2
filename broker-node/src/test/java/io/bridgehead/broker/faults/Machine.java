package io.bridgehead.broker.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** What a drill asks of the machine it runs on: commands, root's rights, ports. Any thread. */
final class Machine {

    /** Below the ports that the system gives to outgoing connections: a dead node's port stays free for its return. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;

    /** Each port is given once: what was probed free is not bound before its node starts, seconds later. */
    private static final AtomicInteger NEXT = new AtomicInteger(new Random().nextInt(PORTS));

    private Machine() {}

    /** Skips the test, and says what to install, unless it runs as root and these commands are there. */
    static void needsRootAnd(String... commands) {
        boolean root = "root".equals(System.getProperty("user.name"));
        Assumptions.assumeTrue(root, "needs root (expected: sudo, or a container's root)");
        for (String command : commands) {
            boolean there = List.of("/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/").stream()
                    .anyMatch(directory -> Files.isExecutable(Path.of(directory + command)));
            Assumptions.assumeTrue(
                    there, "needs the command " + command + ": apt-get install -y iproute2 iptables util-linux");
        }
    }

    /** Runs a command to its end and returns what it printed; an exit code but 0 is an error. */
    static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": exit code " + code + ": " + printed);
            }
            return printed;
        } catch (IOException refused) {
            throw new IllegalStateException(String.join(" ", command), refused);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command) + ": interrupted", stop);
        }
    }

    /** As {@link #run}, for taking away what may be gone already. */
    static void runAnyway(String... command) {
        try {
            run(command);
        } catch (IllegalStateException gone) {
            // it was not there, or is not there any more: just what is wanted
        }
    }

    /** A port of the loopback address that nothing listens on. */
    static int freePort() {
        while (true) {
            int port = FIRST_PORT + NEXT.getAndIncrement() % PORTS;
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                // the next one, then
            }
        }
    }
}
