package io.bridgehead.broker.faults;

import io.bridgehead.broker.Bridgehead;
import io.bridgehead.broker.cluster.ClusterCertificates;
import io.bridgehead.broker.store.DatabaseProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster as on several machines: each node in a network of its own, with certificates on the bus, over PostgreSQL.
 * All of it goes on close. One thread.
 */
final class FarNodes implements AutoCloseable {

    private final Network network;
    private final EmbeddedPostgres postgres;
    private final DatabaseProxy database;
    private final BrokerCluster cluster;

    FarNodes(int size, Path directory, String... sets) throws IOException {
        this(new Network(size), directory, sets);
    }

    /** The network is taken down with the nodes. */
    FarNodes(Network network, Path directory, String... sets) throws IOException {
        this.network = network;
        try {
            postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "100").start();
        } catch (IOException refused) {
            network.close();
            throw refused;
        }
        database = new DatabaseProxy(network.address(), postgres.getPort());
        try {
            Path certificates = directory.resolve("certificates");
            List<ClusterCertificates.Subject> subjects = network.places().stream()
                    .map(place -> new ClusterCertificates.Subject(place.name(), List.of(place.name(), place.address())))
                    .toList();
            new ClusterCertificates(new SecureRandom(), InstantSource.system())
                    .write(certificates, subjects, Duration.ofDays(2));
            List<String> all = new ArrayList<>(List.of(
                    "store.url=jdbc:postgresql://" + database.endpoint() + "/postgres",
                    "store.user=postgres",
                    "cluster.tls.cert=" + certificates.resolve("NODE.pem"),
                    "cluster.tls.key=" + certificates.resolve("NODE-key.pem"),
                    "cluster.tls.ca=" + certificates.resolve("ca.pem")));
            all.addAll(List.of(sets));
            cluster = BrokerCluster.start(network.places(), directory, Bridgehead.class, all);
        } catch (IOException | RuntimeException | AssertionError failed) {
            closeBelow();
            throw failed;
        }
    }

    BrokerCluster cluster() {
        return cluster;
    }

    Network network() {
        return network;
    }

    DatabaseProxy database() {
        return database;
    }

    private void closeBelow() throws IOException {
        database.close();
        postgres.close();
        network.close();
    }

    @Override
    public void close() throws IOException {
        cluster.close();
        closeBelow();
    }
}
