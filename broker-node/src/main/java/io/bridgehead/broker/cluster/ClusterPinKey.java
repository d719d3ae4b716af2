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
 * ones until they restart: they do not recognise each other's PINs then, and check them anew; a right one for which
 * there is no room meanwhile counts as a wrong guess.
 */
public final class ClusterPinKey {

    private static final int BYTES = 32;

    /** The key's row. */
    static final String NAME = "verified-pins";

    /** Of these questions all but one may stay without an answer: while a node joins, rows change their places. */
    private static final int QUESTIONS = 4;

    private ClusterPinKey() {}

    /**
     * The cluster's key; {@code random} draws it when there is none. Called once at start, off the event loops; fails
     * when the map does not answer within 8 s.
     */
    public static Future<PinKey> of(HazelcastInstance hazelcast, SecureRandom random) {
        byte[] fresh = new byte[BYTES];
        random.nextBytes(fresh);
        return ask(new SharedMap<>(hazelcast.getMap(RegistryMaps.KEYS)), new KeepFirst(fresh), QUESTIONS)
                .map(PinKey::new);
    }

    /** What was not answered may have been done nevertheless: then the next answer is the same key. */
    private static Future<byte[]> ask(SharedMap<byte[]> keys, KeepFirst step, int questions) {
        return keys.submit("PIN key", NAME, step)
                .recover(silence -> questions > 1 ? ask(keys, step, questions - 1) : Future.failedFuture(silence));
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
