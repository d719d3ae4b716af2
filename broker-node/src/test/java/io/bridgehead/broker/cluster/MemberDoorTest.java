package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.stranger.Gadget;
import io.bridgehead.stranger.PlainGadget;
import io.vertx.core.Future;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who comes to Hazelcast's port, and what a member that is none of ours can do. */
class MemberDoorTest {

    private static final int PORT = TestMember.freePort();
    private static TestMember a;

    @BeforeAll
    static void join() {
        a = TestMember.join("a", TestMember.cluster(PORT, MutualTlsFiles.NONE));
    }

    @AfterAll
    static void leave() {
        a.close();
    }

    @Test
    void aClientThatKnowsTheClustersNameIsRefused() {
        ClientConfig client = new ClientConfig();
        client.setClusterName(TestMember.NAME);
        client.getNetworkConfig().addAddress("127.0.0.1:" + PORT);
        client.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(2000);

        assertThatThrownBy(() -> HazelcastClient.newHazelcastClient(client))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Unable to connect to any cluster");
    }

    @Test
    void aMembersJavaObjectsAreNeverRead() {
        HazelcastInstance rogue = Hazelcast.newHazelcastInstance(rogue(TestMember.freePort()));
        try {
            IMap<String, Object> map = rogue.getMap("any");
            // another rogue may have just left
            await().until(() -> rogue.getPartitionService().getPartitions().stream()
                    .noneMatch(partition -> partition.getOwner() == null));
            String ownedByA = IntStream.range(0, 1000).mapToObj(Integer::toString)
                    .filter(key -> !rogue.getPartitionService().getPartition(key).getOwner().localMember())
                    .findFirst().orElseThrow();
            Gadget.reset();

            assertThatThrownBy(() -> map.executeOnKey(ownedByA, new Gadget()))
                    .hasStackTraceContaining("Resolving class io.bridgehead.stranger.Gadget is not allowed");
            map.set(ownedByA, new Gadget());
            assertThatThrownBy(() -> a.member.hazelcast().getMap("any").get(ownedByA))
                    .isInstanceOf(HazelcastSerializationException.class)
                    .hasStackTraceContaining("Resolving class io.bridgehead.stranger.Gadget is not allowed");
            assertThat(Gadget.wasRead()).isFalse();
        } finally {
            rogue.shutdown();
        }
    }

    @Test
    void noWrappingGetsAJavaObjectThrough() {
        HazelcastInstance rogue = Hazelcast.newHazelcastInstance(rogue(TestMember.freePort()));
        try {
            IMap<String, Object> map = rogue.getMap("any");
            List<Object> wrapped = List.of(
                    new Gadget[] {new Gadget()},
                    new Gadget[0][0],
                    new Object[] {new Gadget()},
                    new Serializable[] {new Gadget()},
                    new HashSet<>(Set.of(new Gadget())),
                    Proxy.newProxyInstance(
                            Gadget.class.getClassLoader(), new Class<?>[] {Runnable.class}, new Gadget()));
            Gadget.reset();
            wrapped.forEach(payload -> {
                map.set("key", payload);
                assertThatThrownBy(() -> a.member.hazelcast().getMap("any").get("key"))
                        .isInstanceOf(HazelcastSerializationException.class)
                        .hasStackTraceContaining("is not allowed");
            });
            assertThat(Gadget.wasRead()).isFalse();
        } finally {
            rogue.shutdown();
        }
    }

    @Test
    void noClassIsFilledByTheNamesOfItsFields() {
        HazelcastInstance rogue = Hazelcast.newHazelcastInstance(rogue(TestMember.freePort()));
        try {
            rogue.getMap("any").set("key", new PlainGadget());
            PlainGadget.reset();
            // a record of its fields, which is nothing but data
            assertThat(a.member.hazelcast().getMap("any").get("key"))
                    .isNotNull()
                    .isNotInstanceOf(PlainGadget.class);
            assertThat(PlainGadget.wasMade()).isFalse();
        } finally {
            rogue.shutdown();
        }
    }

    @Test
    void aSecondNodeOfTheSameNameIsRefused() {
        ClusterConfig cluster = TestMember.cluster(TestMember.freePort(), MutualTlsFiles.NONE, PORT);

        assertThatThrownBy(() -> TestMember.join("a", cluster))
                .isInstanceOf(ClusterRefused.class)
                .hasMessageStartingWith("node.name: a (expected: a name that no other member has");
        await().until(() -> a.member.hazelcast().getCluster().getMembers().size() == 1);
    }

    @Test
    void anotherMinorOfHazelcastIsRefusedInOurWords() {
        System.setProperty("hazelcast.internal.override.version", "5.6.0");
        try {
            assertThatThrownBy(() -> TestMember.join(
                            "old", TestMember.cluster(TestMember.freePort(), MutualTlsFiles.NONE, PORT)))
                    .isInstanceOf(ClusterRefused.class)
                    .hasMessageContaining("the members refused this node (expected: members with Hazelcast 5.6");
        } finally {
            System.clearProperty("hazelcast.internal.override.version");
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        ClusterConfig cluster = TestMember.cluster(PORT, MutualTlsFiles.NONE);

        assertThatThrownBy(() -> TestMember.join("b", cluster))
                .isInstanceOf(ClusterRefused.class)
                .hasMessageStartingWith("cluster.listen: 127.0.0.1:" + PORT);
    }

    @Test
    void aMemberWithoutABusIsNoHandlerAndNoFailure() {
        HazelcastInstance rogue = Hazelcast.newHazelcastInstance(rogue(TestMember.freePort()));
        try {
            NodeId node = new NodeId("rogue");
            await().until(() -> a.member.bus().others().contains(node));
            Future<NodeBus.Answer> answer =
                    a.member.bus().ask(LoopAddress.of(node), new NodeMessage.Ping(new NodeId("a")));
            await().until(answer::failed);
            assertThat(answer.cause()).hasMessageContaining("No handlers");
        } finally {
            rogue.shutdown();
        }
    }

    /** A member of the right name that reads and sends whatever there is. */
    private static Config rogue(int port) {
        Config config = HazelcastSettings.of(
                TestMember.cluster(port, MutualTlsFiles.NONE, PORT), new NodeId("rogue"), new Incarnation(1), List.of());
        config.getSerializationConfig().setJavaSerializationFilterConfig(null);
        config.getSerializationConfig().getCompactSerializationConfig().setZeroConfigFilter(null);
        return config;
    }
}
