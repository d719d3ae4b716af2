package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.cluster.NodeInfo;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two members that have not spoken to each other yet: nothing here asks whether the other is there. */
@Timeout(60)
class RoutesByMembershipTest {

    @TempDir
    private Path certificates;

    private record Node(Vertx vertx, RoutesByMembership routes, Endpoint bus) implements AutoCloseable {

        static Node join(String name, ClusterConfig cluster) {
            RoutesByMembership routes = new RoutesByMembership(HazelcastSettings.of(
                    cluster, new NodeId(name), Incarnation.random(new SecureRandom()), List.of()));
            Vertx vertx = Vertx.builder()
                    .with(new VertxOptions().setEventBusOptions(BusSettings.of(cluster)))
                    .withClusterManager(routes)
                    .buildClustered()
                    .await();
            return new Node(vertx, routes, cluster.eventBus().getFirst());
        }

        HazelcastInstance hazelcast() {
            return routes.getHazelcastInstance();
        }

        Future<NodeInfo> whereIs(Node other) {
            Promise<NodeInfo> found = Promise.promise();
            routes.getNodeInfo(other.routes.getNodeId(), found);
            return found.future();
        }

        @Override
        public void close() {
            vertx.close().await();
        }
    }

    /** As when Hazelcast repairs what a node held that was killed. */
    @Test
    void whereABusListensIsKnownWhileTheSharedMapHangs() throws Exception {
        MutualTlsFiles tls = TestMember.certificates(certificates, "a", "b");
        int first = TestMember.freePort();
        int second = TestMember.freePort();
        try (Node a = Node.join("a", TestMember.cluster(first, tls, second));
                Node b = Node.join("b", TestMember.cluster(second, TestMember.files(certificates, "b"), first))) {
            String row = b.routes().getNodeId();
            Member owner = a.hazelcast().getPartitionService().getPartition(row).getOwner();
            Node holder = a.hazelcast().getCluster().getLocalMember().equals(owner) ? a : b;
            try (StuckPartition stuck = new StuckPartition(holder.hazelcast(), RoutesByMembership.ADDRESSES, row)) {
                NodeInfo found = a.whereIs(b).await(3, TimeUnit.SECONDS);

                assertThat(found.host()).isEqualTo(b.bus().host());
                assertThat(found.port()).isEqualTo(b.bus().port());
            }
        }
    }
}
