package com.hazelcast.planted;

/** Stands for anything of Hazelcast's, for {@code HouseTest}. */
public interface PlantedMap {}
