package io.bridgehead.broker.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;

/**
 * A network of this machine: a namespace for each node, all on one bridge, to which the clients in this process are
 * connected too. Needs root; taken down on close, and when the process ends. One thread.
 */
final class Network implements AutoCloseable {

    private static final Path LONGEST_RETRY = Path.of("/proc/sys/net/ipv4/tcp_rto_max_ms");

    private final int number = 1 + new Random().nextInt(250);
    private final String bridge = "bhf" + number;
    private final List<String> namespaces = new ArrayList<>();
    private final List<Firewall> firewalls = new ArrayList<>();
    private final Thread atTheEnd = new Thread(this::takeDown);

    Network(int nodes) {
        Machine.needsRootAnd("ip", "iptables");
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        try {
            Machine.run("ip", "link", "add", bridge, "type", "bridge");
            Machine.run("ip", "addr", "add", address() + "/24", "dev", bridge);
            Machine.run("ip", "link", "set", bridge, "up");
            for (int node = 1; node <= nodes; node++) {
                addNamespace(node);
            }
        } catch (IllegalStateException refused) {
            close();
            throw refused;
        }
    }

    private void addNamespace(int node) {
        String namespace = namespace(node);
        String outer = bridge + "v" + node;
        namespaces.add(namespace);
        Machine.run("ip", "netns", "add", namespace);
        Machine.run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        Machine.run("ip", "link", "set", outer, "master", bridge, "up");
        Machine.run("ip", "-n", namespace, "addr", "add", address(node) + "/24", "dev", "eth0");
        Machine.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        Machine.run("ip", "-n", namespace, "link", "set", "lo", "up");
        firewalls.add(new Firewall(List.of("ip", "netns", "exec", namespace)));
    }

    private String namespace(int node) {
        return bridge + "n" + node;
    }

    /**
     * TCP tries anew after so long at most, on what the nodes connect from now on; after 120 s without. Skips the test
     * where the kernel cannot be told.
     */
    Network retryingWithin(Duration longest) {
        Assumptions.assumeTrue(
                Files.exists(LONGEST_RETRY), "needs " + LONGEST_RETRY + " (expected: Linux 6.15 or newer)");
        for (String namespace : namespaces) {
            Machine.run("ip", "netns", "exec", namespace, "sh", "-c",
                    "echo %d > %s".formatted(longest.toMillis(), LONGEST_RETRY));
        }
        return this;
    }

    /** Of this process. */
    String address() {
        return "10.213." + number + ".254";
    }

    String address(int node) {
        return "10.213." + number + "." + node;
    }

    /** Nodes n1, n2 … */
    List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int node = 1; node <= namespaces.size(); node++) {
            places.add(Place.inNamespace("n" + node, address(node), namespace(node)));
        }
        return places;
    }

    /** Nothing goes from one to the other any more, nor back. */
    void cut(int node, int other) {
        cutOneWay(node, other);
        cutOneWay(other, node);
    }

    /** Nothing that {@code to} gets comes from {@code from}; the other way is open. */
    void cutOneWay(int from, int to) {
        firewalls.get(to - 1).drop("INPUT", "-s", address(from));
    }

    void heal() {
        firewalls.forEach(Firewall::open);
    }

    @Override
    public void close() {
        takeDown();
        try {
            Runtime.getRuntime().removeShutdownHook(atTheEnd);
        } catch (IllegalStateException endingAnyway) {
            // the process ends: the hook is at work
        }
    }

    private void takeDown() {
        namespaces.forEach(namespace -> Machine.runAnyway("ip", "netns", "del", namespace));
        Machine.runAnyway("ip", "link", "del", bridge);
    }
}
