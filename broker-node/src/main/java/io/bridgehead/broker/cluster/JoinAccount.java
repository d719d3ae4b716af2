package io.bridgehead.broker.cluster;

import com.hazelcast.map.EntryProcessor;
import java.util.Map;

/** Adds what a node knows of an account to its row; answers what is known then. Harmless when it runs twice. */
record JoinAccount(KnownAccount news) implements EntryProcessor<String, KnownAccount, KnownAccount> {

    static final CompactForm<JoinAccount> FORM = new CompactForm<>(
            "bridgehead.known-account.join",
            JoinAccount.class,
            (out, step) -> out.writeCompact("news", step.news),
            in -> new JoinAccount(in.readCompact("news")));

    @Override
    public KnownAccount process(Map.Entry<String, KnownAccount> entry) {
        KnownAccount before = entry.getValue();
        KnownAccount after = before == null ? news : before.joined(news);
        if (!after.equals(before)) {
            entry.setValue(after);
        }
        return after;
    }
}
