package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import io.bridgehead.broker.account.PinKey;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.Map;

/**
 * The key under which the nodes of a cluster remember verified PINs. The first node draws it; it lives in the members'
 * memory only, and is a new one when all of them were down. Nodes that met only after a partition may have different
 * ones until they restart: they do not recognise each other's PINs then, and check them anew.
 */
public final class ClusterPinKey {

    private static final int BYTES = 32;
    private static final String NAME = "verified-pins";

    private ClusterPinKey() {}

    /**
     * The cluster's key; {@code random} draws it when there is none. Called once at start, off the event loops; fails
     * when the map does not answer within 2 s.
     */
    public static Future<PinKey> of(HazelcastInstance hazelcast, SecureRandom random) {
        byte[] fresh = new byte[BYTES];
        random.nextBytes(fresh);
        return new SharedMap<byte[]>(hazelcast.getMap(RegistryMaps.KEYS))
                .submit("PIN key", NAME, new KeepFirst(fresh))
                .map(PinKey::new);
    }

    /** Answers the key there is, which is this one when there was none. */
    record KeepFirst(byte[] key) implements EntryProcessor<String, byte[], byte[]> {

        static final CompactForm<KeepFirst> FORM = new CompactForm<>(
                "bridgehead.keys.keep-first",
                KeepFirst.class,
                (out, step) -> out.writeArrayOfInt8("key", step.key),
                in -> new KeepFirst(in.readArrayOfInt8("key")));

        @Override
        public byte[] process(Map.Entry<String, byte[]> entry) {
            byte[] before = entry.getValue();
            if (before == null) {
                entry.setValue(key);
            }
            return before == null ? key : before;
        }

        /** The key is a secret: not printed. */
        @Override
        public String toString() {
            return "KeepFirst";
        }
    }
}
