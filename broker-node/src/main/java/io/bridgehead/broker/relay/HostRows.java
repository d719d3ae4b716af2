package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the other nodes said of their hosts. A copy that may be old: a row that its node does not repeat is dropped, and
 * what it promises must be claimed of that node. No I/O, no clock; one thread, the desk's. Bounded.
 */
final class HostRows {

    /** Nodes repeat their rows every second. */
    static final Duration KEPT = Duration.ofSeconds(4);

    /** Rows of one node; more are not taken. */
    static final int MAX_ROWS = 20_000;

    private record Kept(HostRow row, long nanos) {}

    private final Map<NodeId, Long> heard = new HashMap<>();
    private final Map<NodeId, Map<HostKey, Kept>> nodes = new HashMap<>();

    /** The node has told of its hosts, if only that there are none. */
    void heard(NodeId node, long nanos) {
        heard.put(node, nanos);
    }

    /** Of these nodes those that have not told of their hosts for too long. */
    List<NodeId> silent(Collection<NodeId> members, long nanos) {
        return members.stream()
                .filter(node -> !heard.containsKey(node) || nanos - heard.get(node) > KEPT.toNanos())
                .sorted(Comparator.comparing(NodeId::name))
                .toList();
    }

    List<There> all(long nanos) {
        List<There> all = new ArrayList<>();
        nodes.forEach((node, rows) -> rows.values().forEach(kept -> all.add(new There(node, aged(kept, nanos)))));
        return all;
    }

    void put(NodeId node, HostRow row, long nanos) {
        Map<HostKey, Kept> rows = nodes.computeIfAbsent(node, each -> new HashMap<>());
        if (row.isEmpty()) {
            rows.remove(row.key());
        } else if (rows.containsKey(row.key()) || rows.size() < MAX_ROWS) {
            rows.put(row.key(), new Kept(row, nanos));
        }
    }

    /** One of the host's connections there is being claimed, or there is none ({@code all}). */
    void claimed(NodeId node, HostKey key, boolean all) {
        Map<HostKey, Kept> rows = nodes.getOrDefault(node, Map.of());
        Kept kept = rows.get(key);
        if (kept != null) {
            HostRow row = kept.row();
            int left = all ? 0 : Math.max(0, row.waiting() - 1);
            rows.put(key, new Kept(
                    new HostRow(key, left, row.waitedMillis(), row.load() + (all ? 0 : 1), row.channels()),
                    kept.nanos()));
        }
    }

    void gone(NodeId node) {
        heard.remove(node);
        nodes.remove(node);
    }

    /** Drops what was not repeated. */
    void expire(long nanos) {
        nodes.values().forEach(rows -> rows.values().removeIf(kept -> nanos - kept.nanos() > KEPT.toNanos()));
    }

    /** A host's stand on a node, as of {@code nanos}. */
    record There(NodeId node, HostRow row) {}

    List<There> of(String service, long nanos) {
        List<There> found = new ArrayList<>();
        nodes.forEach((node, rows) -> rows.values().forEach(kept -> {
            if (kept.row().key().service().equals(service)) {
                found.add(new There(node, aged(kept, nanos)));
            }
        }));
        return found;
    }

    private static HostRow aged(Kept kept, long nanos) {
        HostRow row = kept.row();
        long waited = row.waiting() == 0 ? 0 : row.waitedMillis() + (nanos - kept.nanos()) / 1_000_000;
        return new HostRow(row.key(), row.waiting(), Math.max(0, waited), row.load(), row.channels());
    }

    /** The nodes where the host has any connection. */
    List<NodeId> nodesOf(HostKey key) {
        return nodes.entrySet().stream()
                .filter(each -> each.getValue().containsKey(key))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The nodes where the host has a command connection. */
    List<NodeId> channelsOf(HostKey key) {
        return nodes.entrySet().stream()
                .filter(each -> each.getValue().containsKey(key)
                        && each.getValue().get(key).row().channels() > 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
