package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Holds up the thread that serves a key, as a hung owner would, until closed. Never leaves its own member. */
final class StuckPartition implements EntryProcessor<String, Object, Object>, AutoCloseable {

    private final transient CountDownLatch held = new CountDownLatch(1);
    private final transient CountDownLatch release = new CountDownLatch(1);

    /** @param owner the member that owns the key */
    StuckPartition(HazelcastInstance owner, String map, String key) {
        owner.<String, Object>getMap(map).submitToKey(key, this);
        awaited(held);
    }

    /** Some account's id whose row lives on this member. */
    static String nameOwnedBy(HazelcastInstance member) {
        for (int n = 0; ; n++) {
            String name = "user" + n;
            if (member.getPartitionService().getPartition(name + "@example.org").getOwner().localMember()) {
                return name;
            }
        }
    }

    @Override
    public Object process(Map.Entry<String, Object> entry) {
        held.countDown();
        awaited(release);
        return null;
    }

    @Override
    public EntryProcessor<String, Object, Object> getBackupProcessor() {
        return null;
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        release.countDown();
    }
}
