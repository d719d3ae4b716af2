package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import java.util.List;

/**
 * One of each thing that will be sent. Hazelcast tells the cluster of a class's fields when it first writes one, and
 * blocks the writer meanwhile: done once at start, no event loop ever waits for it.
 */
record Rehearsal(List<?> samples) {

    private static final String MAP = "rehearsal";

    static final CompactForm<Rehearsal> FORM = new CompactForm<>(
            "bridgehead.rehearsal",
            Rehearsal.class,
            (out, rehearsal) -> {
                for (int n = 0; n < rehearsal.samples.size(); n++) {
                    out.writeCompact("sample" + n, rehearsal.samples.get(n));
                }
            },
            in -> new Rehearsal(List.of()));

    /** Blocks until all members know the forms, usually a few milliseconds. */
    static void of(HazelcastInstance hazelcast, String name, Object... samples) {
        // only the writing matters, and that is done when the call returns
        hazelcast.getMap(MAP).setAsync(name, new Rehearsal(List.of(samples)));
    }
}
