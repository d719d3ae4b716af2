package io.bridgehead.broker.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.bridgehead.broker.presence.Presence;

/**
 * After a partition, of two registrations of an account the newer stands, whichever side was larger. The loser's node
 * hears of it when it re-asserts its rows. Runs on partition threads.
 */
final class NewestPresence implements SplitBrainMergePolicy<Presence, MergingValue<Presence>, Object> {

    static final CompactForm<NewestPresence> FORM = new CompactForm<>(
            "bridgehead.presence.newest", NewestPresence.class, (out, policy) -> {}, in -> new NewestPresence());

    @Override
    public Object merge(MergingValue<Presence> merging, MergingValue<Presence> existing) {
        Presence own = existing == null ? null : existing.getDeserializedValue();
        Presence other = merging.getDeserializedValue();
        return own == null || other.outranks(own) ? other : own;
    }

    /** It has no state: {@link #FORM} says how it travels. */
    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
