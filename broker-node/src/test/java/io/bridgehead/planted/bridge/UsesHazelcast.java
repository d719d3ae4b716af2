package io.bridgehead.planted.bridge;

import com.hazelcast.planted.PlantedMap;

record UsesHazelcast(PlantedMap map) {}
