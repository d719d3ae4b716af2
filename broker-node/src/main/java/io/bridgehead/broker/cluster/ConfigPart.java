package io.bridgehead.broker.cluster;

import com.hazelcast.config.Config;

/** Adds what one registry needs (its map, its serializers) to the configuration of the member. */
@FunctionalInterface
public interface ConfigPart {

    void addTo(Config config);
}
