package io.bridgehead.broker.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;

/** After a partition the newest epoch of an account stands, whichever side was larger. Runs on partition threads. */
final class NewestAccount implements SplitBrainMergePolicy<KnownAccount, MergingValue<KnownAccount>, Object> {

    static final CompactForm<NewestAccount> FORM = new CompactForm<>(
            "bridgehead.known-account.newest", NewestAccount.class, (out, policy) -> {}, in -> new NewestAccount());

    @Override
    public Object merge(MergingValue<KnownAccount> merging, MergingValue<KnownAccount> existing) {
        KnownAccount own = existing == null ? null : existing.getDeserializedValue();
        KnownAccount other = merging.getDeserializedValue();
        return own == null ? other : own.joined(other);
    }

    /** It has no state: {@link #FORM} says how it travels. */
    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
