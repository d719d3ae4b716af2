package io.bridgehead.broker.relay;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Hosts that take clients and drop them at once: after {@link #STRIKES} in a row a host is out for {@link #OUT}, so that
 * clients get the others. No I/O, no clock; one thread, the desk's. Bounded.
 */
final class HostHealth {

    /** A connection that ends so soon after its client was assigned, and has sent nothing, counts against its host. */
    static final Duration AT_ONCE = Duration.ofSeconds(2);

    static final int STRIKES = 3;

    static final Duration OUT = Duration.ofSeconds(30);

    /** Hosts with strikes; more are not noted. */
    static final int MAX = 10_000;

    private static final class Record {

        private int strikes;
        private long nanos;
    }

    private final Map<HostKey, Record> records = new HashMap<>();

    /** The host dropped a client at once; whether that puts it out. */
    boolean dropped(HostKey key, long nanos) {
        if (records.size() >= MAX && !records.containsKey(key)) {
            return false;
        }
        Record record = records.computeIfAbsent(key, each -> new Record());
        record.strikes++;
        record.nanos = nanos;
        return record.strikes == STRIKES;
    }

    /** The host served a client. */
    void served(HostKey key) {
        if (!records.isEmpty()) {
            Record record = records.get(key);
            if (record != null && record.strikes < STRIKES) {
                records.remove(key);
            }
        }
    }

    boolean isOut(HostKey key) {
        Record record = records.get(key);
        return record != null && record.strikes >= STRIKES;
    }

    /** Forgets strikes that are old; those who were out and may serve again. */
    List<HostKey> expire(long nanos) {
        List<HostKey> in = records.entrySet().stream()
                .filter(each -> nanos - each.getValue().nanos > OUT.toNanos())
                .filter(each -> each.getValue().strikes >= STRIKES)
                .map(Map.Entry::getKey)
                .toList();
        Iterator<Record> all = records.values().iterator();
        while (all.hasNext()) {
            if (nanos - all.next().nanos > OUT.toNanos()) {
                all.remove();
            }
        }
        return in;
    }
}
