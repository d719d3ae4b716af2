package io.bridgehead.broker.cluster;

import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.NodeId;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** What must be so before a node joins, and after it has. Each throws {@link ClusterRefused}; looks names up, blocks. */
final class JoinChecks {

    private JoinChecks() {}

    /** The addresses fit each other, and the bus is not open to whoever can reach it. */
    static void beforeTheJoin(ClusterConfig cluster) {
        Endpoint listen = one("cluster.listen", cluster.listen());
        Endpoint bus = one("cluster.event-bus", cluster.eventBus());
        if (listen.port() == 0) {
            throw new ClusterRefused("cluster.listen: " + listen + " (expected: a port that the other nodes know)");
        }
        if (cluster.discovery() == ClusterConfig.Discovery.DNS && cluster.serviceDns().isBlank()) {
            throw new ClusterRefused("cluster.service-dns: empty (expected: a name, because cluster.discovery is dns)");
        }
        tls(cluster.tls());
        guarded("cluster.listen", listen, cluster);
        guarded("cluster.event-bus", bus, cluster);
        reachable("cluster.listen", listen, cluster);
        reachable("cluster.event-bus", bus, cluster);
    }

    /**
     * Nobody older has this node's name.
     *
     * @param older names of the members that joined before this one
     */
    static void uniqueName(NodeId node, Collection<NodeId> older) {
        if (older.contains(node)) {
            throw new ClusterRefused("node.name: " + node
                    + " (expected: a name that no other member has; one of that name is there, or died just now)");
        }
    }

    /** SQLite is a file: nodes on other machines would each have accounts of their own. */
    static void sharedStore(String storeUrl, Collection<InetAddress> members) {
        if (!storeUrl.startsWith("jdbc:sqlite:")) {
            return;
        }
        members.stream().filter(member -> !isOfThisMachine(member)).findFirst().ifPresent(other -> {
            throw new ClusterRefused("store.url: " + storeUrl + " (expected: jdbc:postgresql:..., because the member "
                    + other.getHostAddress() + " is on another machine, where this file is not)");
        });
    }

    private static Endpoint one(String key, List<Endpoint> endpoints) {
        if (endpoints.size() != 1) {
            throw new ClusterRefused(key + ": " + (endpoints.isEmpty() ? "empty" : endpoints)
                    + " (expected: one address, at which the other nodes reach this one)");
        }
        return endpoints.get(0);
    }

    private static void tls(MutualTlsFiles files) {
        boolean none = files.cert().toString().isEmpty()
                && files.key().toString().isEmpty()
                && files.ca().toString().isEmpty();
        if (!none) {
            readable("cluster.tls.cert", files.cert());
            readable("cluster.tls.key", files.key());
            readable("cluster.tls.ca", files.ca());
        }
    }

    private static void readable(String key, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ClusterRefused(key + ": " + (file.toString().isEmpty() ? "empty" : file)
                    + " (expected: a readable PEM file; cert, key and ca go together)");
        }
    }

    private static void guarded(String key, Endpoint endpoint, ClusterConfig cluster) {
        InetAddress address = resolve(key, endpoint);
        if (address.isAnyLocalAddress()) {
            throw new ClusterRefused(
                    key + ": " + endpoint + " (expected: the one address at which the other nodes reach this one)");
        }
        if (!address.isLoopbackAddress() && !cluster.tls().enabled() && !cluster.insecure()) {
            throw new ClusterRefused(key + ": " + endpoint + " (expected: a loopback address, or cluster.tls.cert, "
                    + "cluster.tls.key and cluster.tls.ca, or cluster.insecure: true)");
        }
    }

    private static void reachable(String key, Endpoint endpoint, ClusterConfig cluster) {
        if (!resolve(key, endpoint).isLoopbackAddress()) {
            return;
        }
        if (cluster.discovery() == ClusterConfig.Discovery.DNS) {
            throw new ClusterRefused(key + ": " + endpoint
                    + " (expected: no loopback address, because the members are those of " + cluster.serviceDns() + ")");
        }
        cluster.members().stream()
                .filter(member -> !isLoopback(member))
                .findFirst()
                .ifPresent(remote -> {
                    throw new ClusterRefused(key + ": " + endpoint
                            + " (expected: no loopback address, because cluster.members has " + remote + ")");
                });
    }

    private static boolean isLoopback(Endpoint endpoint) {
        try {
            return InetAddress.getByName(endpoint.host()).isLoopbackAddress();
        } catch (UnknownHostException elsewhere) {
            return false;
        }
    }

    private static InetAddress resolve(String key, Endpoint endpoint) {
        try {
            return InetAddress.getByName(endpoint.host());
        } catch (UnknownHostException unknown) {
            throw new ClusterRefused(key + ": " + endpoint + " (expected: an address of this machine)", unknown);
        }
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }
}
