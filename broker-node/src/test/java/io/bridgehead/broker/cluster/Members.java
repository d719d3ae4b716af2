package io.bridgehead.broker.cluster;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * Members of a cluster in this JVM, on loopback ports that were free. Java serialization of our classes is refused, as
 * in a real node; Hazelcast's exceptions travel by it.
 */
public final class Members implements AutoCloseable {

    private final List<HazelcastInstance> members = new ArrayList<>();

    /** Starts {@code count} members that know each other. */
    public static Members of(int count, int expectedNodes) {
        Members members = new Members();
        String name = newName();
        List<Integer> ports = FreePorts.of(count);
        for (int port : ports) {
            members.start(name, port, ports, config -> RegistryMaps.addTo(config, expectedNodes));
        }
        members.settle();
        return members;
    }

    static String newName() {
        return "test-" + UUID.randomUUID();
    }

    /** Starts one member on {@code port} that looks for others on {@code known}. */
    HazelcastInstance start(String name, int port, List<Integer> known, Consumer<Config> maps) {
        Config config = new Config();
        config.setClusterName(name);
        config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        known.forEach(other -> join.getTcpIpConfig().addMember("127.0.0.1:" + other));
        config.getSerializationConfig().setJavaSerializationFilterConfig(new JavaSerializationFilterConfig()
                .setDefaultsDisabled(true)
                .setWhitelist(new ClassFilter().addPrefixes("com.hazelcast.", "java.", "[Ljava.")));
        config.setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.shutdownhook.enabled", "false")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.merge.first.run.delay.seconds", "2")
                .setProperty("hazelcast.merge.next.run.delay.seconds", "1")
                .setProperty("hazelcast.partition.count", "31")
                .setProperty("hazelcast.operation.thread.count", "2")
                .setProperty("hazelcast.operation.generic.thread.count", "2")
                .setProperty("hazelcast.io.thread.count", "1")
                .setProperty("hazelcast.event.thread.count", "1");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        maps.accept(config);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        members.add(member);
        return member;
    }

    /** Waits until the partitions have moved to where they stay. */
    void settle() {
        for (HazelcastInstance member : members) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> member.getPartitionService().getPartition("any").getOwner() != null
                            && member.getPartitionService().isClusterSafe());
        }
    }

    public HazelcastInstance get(int number) {
        return members.get(number);
    }

    /** Empties the maps. */
    public void clear() {
        for (String map : List.of(
                RegistryMaps.USERS,
                RegistryMaps.SUBSCRIPTIONS,
                RegistryMaps.ATTEMPTS_BY_ACCOUNT,
                RegistryMaps.ATTEMPTS_BY_ADDRESS,
                RegistryMaps.KEYS)) {
            get(0).getMap(map).clear();
        }
    }

    /** Ends all at once, without the courtesies. */
    @Override
    public void close() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }
}
