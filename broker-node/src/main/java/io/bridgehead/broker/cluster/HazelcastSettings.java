package io.bridgehead.broker.cluster;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The configuration of a Hazelcast member: found by list or by DNS only, reachable by members only, quick to notice a
 * dead one, closed to Java serialization. Hazelcast's own port is plain TCP (the edition has no TLS): it belongs in a
 * network of its own.
 */
final class HazelcastSettings {

    static final String NODE_ATTRIBUTE = "bridgehead.node";
    static final String INCARNATION_ATTRIBUTE = "bridgehead.incarnation";

    /** Where the event bus listens, {@code host:port}; not there when the kernel chooses the port. */
    static final String BUS_ATTRIBUTE = "bridgehead.event-bus";

    /** In seconds: a hundred years. */
    private static final String NEVER = Long.toString(TimeUnit.DAYS.toSeconds(36_500));

    /**
     * What may be read from the network by Java serialization; everything else is refused, arrays of it too. The same
     * stands in {@code jdk.serialFilter} of the launcher, for the whole process.
     */
    static final String[] READABLE_PREFIXES = {
        "com.hazelcast.", "io.vertx.spi.cluster.hazelcast.", "io.bridgehead.broker.cluster."
    };

    /**
     * A failure at another member comes as a Java object: one that cannot be read is an answer that never comes, and
     * the caller waits out its time. Nothing but plain exceptions.
     */
    static final String[] READABLE_CLASSES = {
        "java.io.EOFException",
        "java.io.IOException",
        "java.lang.ArrayIndexOutOfBoundsException",
        "java.lang.AssertionError",
        "java.lang.ClassCastException",
        "java.lang.ClassNotFoundException",
        "java.lang.Error",
        "java.lang.Exception",
        "java.lang.IllegalArgumentException",
        "java.lang.IllegalStateException",
        "java.lang.IndexOutOfBoundsException",
        "java.lang.InterruptedException",
        "java.lang.LinkageError",
        "java.lang.NoClassDefFoundError",
        "java.lang.NullPointerException",
        "java.lang.NumberFormatException",
        "java.lang.ReflectiveOperationException",
        "java.lang.RuntimeException",
        "java.lang.SecurityException",
        "java.lang.StackTraceElement",
        "[Ljava.lang.StackTraceElement;",
        "java.lang.Throwable",
        "java.lang.UnsupportedOperationException",
        "java.util.ArrayList",
        "java.util.Collections$EmptyList",
        "java.util.NoSuchElementException",
        "java.util.concurrent.CancellationException",
        "java.util.concurrent.CompletionException",
        "java.util.concurrent.ExecutionException",
        "java.util.concurrent.RejectedExecutionException",
        "java.util.concurrent.TimeoutException"
    };

    private HazelcastSettings() {}

    static Config of(ClusterConfig cluster, NodeId node, Incarnation incarnation, List<ConfigPart> parts) {
        Config config = new Config();
        config.setClusterName(cluster.name());
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ATTRIBUTE, node.name())
                .setAttribute(INCARNATION_ATTRIBUTE, Long.toString(incarnation.number()));
        Endpoint bus = cluster.eventBus().get(0);
        if (bus.port() != 0) {
            config.getMemberAttributeConfig().setAttribute(BUS_ATTRIBUTE, bus.host() + ':' + bus.port());
        }
        network(config, cluster);
        joining(config);
        detection(config);
        closed(config);
        forTheEventBus(config);
        parts.forEach(part -> part.addTo(config));
        return config;
    }

    private static void network(Config config, ClusterConfig cluster) {
        Endpoint listen = cluster.listen().get(0);
        ServerSocketEndpointConfig member = new ServerSocketEndpointConfig();
        member.setPort(listen.port()).setPortAutoIncrement(false).setSocketConnectTimeoutSeconds(2);
        member.getInterfaces().setEnabled(true).addInterface(listen.host());
        // no client, REST or memcache endpoint: whoever is no member is refused
        config.getAdvancedNetworkConfig().setEnabled(true).setMemberEndpointConfig(member);
        set(config, ClusterProperty.SOCKET_BIND_ANY, "false");

        JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        // not of connections, and not of a list's members only: so long a member asks everybody who is the oldest before
        // it asks for their consent to be that, 5 s by default; whoever is of a cluster, or asks himself, does not give it
        join.getTcpIpConfig().setConnectionTimeoutSeconds(1);
        switch (cluster.discovery()) {
            case MEMBERS -> {
                join.getTcpIpConfig().setEnabled(true);
                cluster.members().forEach(each -> join.getTcpIpConfig().addMember(each.toString()));
            }
            case DNS ->
                join.getKubernetesConfig()
                        .setEnabled(true)
                        .setProperty("service-dns", cluster.serviceDns())
                        .setProperty("service-port", Integer.toString(listen.port()));
        }
    }

    /** By default the oldest member lets the first joiner wait for 5 s, and anew with each that comes meanwhile. */
    private static void joining(Config config) {
        set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, "1");
        set(config, ClusterProperty.MAX_WAIT_SECONDS_BEFORE_JOIN, "4");
    }

    /**
     * The oldest member's successor asks every other for its consent, and drops whoever does not give it. A member that
     * has not noticed yet that the oldest is gone says "later"; Hazelcast asks so often again, the first times at once,
     * then in 1, 2, 4 ... 500 ms. With 8 that was over after 10 ms: a busy member lost its cluster. These last 8.5 s, as
     * long as it takes anybody to notice. (The same number is a time in seconds, which a member that hangs does not use
     * up: it is suspected before.)
     */
    static final int MASTERSHIP_CLAIM_TRIES = 30;

    /** By default a hung member is noticed after 61 s, and calls to it block for 55 s. */
    private static void detection(Config config) {
        set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, "1");
        set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, "8");
        // not by itself: MergeSearch knows when
        set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, NEVER);
        set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, NEVER);
        set(config, ClusterProperty.MASTERSHIP_CLAIM_TIMEOUT_SECONDS, Integer.toString(MASTERSHIP_CLAIM_TRIES));
        set(config, ClusterProperty.PARTIAL_MEMBER_DISCONNECTION_RESOLUTION_HEARTBEAT_COUNT, "5");
        set(config, ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS, "5000");
        set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, "20");
    }

    private static void closed(Config config) {
        set(config, ClusterProperty.PHONE_HOME_ENABLED, "false");
        set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED, "false");
        set(config, ClusterProperty.LOGGING_TYPE, "slf4j");
        config.getJetConfig().setEnabled(false);
        config.getManagementCenterConfig()
                .setScriptingEnabled(false)
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        // looks at a hundred figures at each start, to log what our own meters tell
        set(config, ClusterProperty.HEALTH_MONITORING_LEVEL, "OFF");
        // of counters we do not use, by default once a second
        config.getCRDTReplicationConfig().setReplicationPeriodMillis((int) TimeUnit.DAYS.toMillis(1));
        // our rows have serializers of their own: no class is filled by its fields' names
        config.getSerializationConfig().getCompactSerializationConfig().setZeroConfigFilter(
                new JavaSerializationFilterConfig()
                        .setDefaultsDisabled(true)
                        .setWhitelist(new ClassFilter().addPrefixes("io.bridgehead.broker.cluster.")));
        config.getSerializationConfig()
                .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig()
                        .setDefaultsDisabled(true)
                        .setWhitelist(new ClassFilter()
                                .addPrefixes(READABLE_PREFIXES)
                                .addClasses(READABLE_CLASSES)));
    }

    /** As in the default configuration of the cluster manager. */
    private static void forTheEventBus(Config config) {
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig(RoutesByMembership.ADDRESSES).setBackupCount(1));
    }

    private static void set(Config config, HazelcastProperty property, String value) {
        config.setProperty(property.getName(), value);
    }
}
