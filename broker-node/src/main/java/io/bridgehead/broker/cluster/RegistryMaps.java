package io.bridgehead.broker.cluster;

import com.hazelcast.config.CompactSerializationConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.account.AddressAttempts;
import java.util.function.BooleanSupplier;

/** The shared maps of a cluster, as they are configured on every member alike. */
public final class RegistryMaps {

    /** Account → who is registered where. */
    static final String USERS = "users";

    /** Account → newest known state, and the PIN that was verified last. */
    static final String SUBSCRIPTIONS = "subscriptions";

    static final String ATTEMPTS_BY_ACCOUNT = "pin-attempts-by-account";
    static final String ATTEMPTS_BY_ADDRESS = "pin-attempts-by-address";
    static final String SIGNALLING_GUESSES = "signalling-guesses-by-address";
    static final String KEYS = "cluster-keys";

    /** Hash of a token → the signalling server that is open under it. */
    static final String SERVERS = "servers";

    /** Hash of a join token's id → who used it. */
    static final String USES = "join-token-uses";

    private static final String MAJORITY = "majority";

    /** With fewer nodes a partition leaves no majority worth the name: both sides serve. */
    private static final int PROTECTED_FROM = 3;

    /** Every row is kept twice: a node may go at any time. */
    private static final int BACKUPS = 1;

    /** Some 1 KiB each with its backup; the least used are forgotten first, SQL knows them. */
    private static final int MAX_SUBSCRIPTIONS_PER_NODE = 200_000;

    private RegistryMaps() {}

    /**
     * Adds the maps, how their rows travel, and the protection of registrations against a minority.
     *
     * @param expectedNodes key {@code cluster.expected-nodes}: from 3 on, a side of a partition with no majority of
     *     these takes no new registrations
     */
    public static void addTo(Config config, int expectedNodes) {
        if (expectedNodes < 0) {
            throw new IllegalArgumentException("expected nodes: %d (expected: 0 or more)".formatted(expectedNodes));
        }
        addForms(config.getSerializationConfig().getCompactSerializationConfig());
        if (expectedNodes >= PROTECTED_FROM) {
            // not given to the map: it would guard its index, too, and the first node could not start
            config.addSplitBrainProtectionConfig(new SplitBrainProtectionConfig(MAJORITY, true, expectedNodes / 2 + 1));
        }
        config.addMapConfig(map(USERS)
                        .addIndexConfig(new IndexConfig(IndexType.HASH, RowForms.NODE))
                        .setMergePolicyConfig(mergedBy(NewestPresence.class)))
                .addMapConfig(map(SUBSCRIPTIONS)
                        .setEvictionConfig(atMost(MAX_SUBSCRIPTIONS_PER_NODE))
                        .setMergePolicyConfig(mergedBy(NewestAccount.class)))
                .addMapConfig(attempts(ATTEMPTS_BY_ACCOUNT))
                .addMapConfig(attempts(ATTEMPTS_BY_ADDRESS))
                .addMapConfig(attempts(SIGNALLING_GUESSES))
                .addMapConfig(map(KEYS))
                .addMapConfig(map(SERVERS))
                .addMapConfig(map(USES));
    }

    /** Whether this node is on a side that may take registrations. Any thread; looks at what this node knows. */
    static BooleanSupplier majority(HazelcastInstance hazelcast) {
        return hazelcast.getConfig().getSplitBrainProtectionConfigs().containsKey(MAJORITY)
                ? hazelcast.getSplitBrainProtectionService().getSplitBrainProtection(MAJORITY)::hasMinimumSize
                : () -> true;
    }

    /** After a partition the larger side's attempts stand: a guesser gains at most one more window. */
    private static MapConfig attempts(String name) {
        return map(name)
                .setTimeToLiveSeconds((int) AddressAttempts.WINDOW.toSeconds())
                .setEvictionConfig(atMost(AddressAttempts.MAX_ROWS));
    }

    private static MapConfig map(String name) {
        return new MapConfig(name).setBackupCount(BACKUPS).setStatisticsEnabled(false);
    }

    private static EvictionConfig atMost(int rowsPerNode) {
        return new EvictionConfig()
                .setEvictionPolicy(EvictionPolicy.LRU)
                .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                .setSize(rowsPerNode);
    }

    private static MergePolicyConfig mergedBy(Class<?> policy) {
        return new MergePolicyConfig(policy.getName(), MergePolicyConfig.DEFAULT_BATCH_SIZE);
    }

    private static void addForms(CompactSerializationConfig forms) {
        forms.addSerializer(RowForms.PRESENCE)
                .addSerializer(RowForms.ACCOUNT)
                .addSerializer(RowForms.SUBSCRIPTION)
                .addSerializer(RowForms.PIN)
                .addSerializer(RowForms.KNOWN_ACCOUNT)
                .addSerializer(RowForms.ATTEMPTS)
                .addSerializer(JoinAccount.FORM)
                .addSerializer(ClusterPinKey.KeepFirst.FORM)
                .addSerializer(NewestPresence.FORM)
                .addSerializer(NewestAccount.FORM)
                .addSerializer(Rehearsal.FORM);
        PresenceSteps.FORMS.forEach(forms::addSerializer);
        AttemptSteps.FORMS.forEach(forms::addSerializer);
        ServerSteps.FORMS.forEach(forms::addSerializer);
    }
}
