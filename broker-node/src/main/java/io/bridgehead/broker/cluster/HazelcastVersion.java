package io.bridgehead.broker.cluster;

import com.hazelcast.instance.BuildInfoProvider;

/** The Hazelcast in this process: only members of one minor join. */
final class HazelcastVersion {

    private HazelcastVersion() {}

    /** Such as {@code 5.7}. */
    static String minor() {
        String[] parts = BuildInfoProvider.getBuildInfo().getVersion().split("[.-]");
        return parts[0] + "." + parts[1];
    }
}
