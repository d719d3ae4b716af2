package io.bridgehead.broker.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.core.HazelcastInstance;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The wall clock that the members agree on, so that of two registrations the newer is told by their times, whichever
 * nodes they were made on. In milliseconds. Any thread; blocks nothing.
 */
public final class ClusterClock implements InstantSource {

    private final Cluster cluster;

    public ClusterClock(HazelcastInstance hazelcast) {
        this.cluster = hazelcast.getCluster();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(cluster.getClusterTime());
    }
}
