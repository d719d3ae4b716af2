package io.bridgehead.broker.relay;

import io.bridgehead.broker.relay.HostRows.There;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which host a client gets, and on which node it is claimed. Pure; any thread. Source: {@code protocols.md} §3: the
 * connection that has waited longest, of the least loaded host.
 */
final class HostChoice {

    private HostChoice() {}

    /** A host on all its nodes together. */
    private record Whole(HostKey key, int load, There longest) {}

    /** @param all the service's hosts, this node's own among them */
    static Optional<There> pick(Spread spread, String clientAddress, List<There> all) {
        Map<HostKey, Integer> loads = new HashMap<>();
        Map<HostKey, There> longest = new HashMap<>();
        for (There there : all) {
            loads.merge(there.row().key(), there.row().load(), Integer::sum);
            if (there.row().waiting() > 0) {
                longest.merge(there.row().key(), there, (a, b) ->
                        a.row().waitedMillis() >= b.row().waitedMillis() ? a : b);
            }
        }
        Collection<Whole> hosts = longest.entrySet().stream()
                .map(each -> new Whole(each.getKey(), loads.get(each.getKey()), each.getValue()))
                .toList();
        return hosts.stream().min(order(spread, clientAddress)).map(Whole::longest);
    }

    private static Comparator<Whole> order(Spread spread, String clientAddress) {
        Comparator<Whole> longestFirst =
                Comparator.comparingLong((Whole host) -> host.longest().row().waitedMillis()).reversed();
        return switch (spread) {
            case LEAST_LOADED -> Comparator.comparingInt(Whole::load).thenComparing(longestFirst);
            case LONGEST_WAITING -> longestFirst;
            case STICKY -> Comparator.comparingLong(host -> weight(clientAddress, host.key()));
        };
    }

    /** Each client orders the hosts in its own way, so that a host that comes or goes moves only its share of clients. */
    private static long weight(String clientAddress, HostKey key) {
        long hash = 0xcbf29ce484222325L;
        String text = clientAddress + '|' + key.id();
        for (int at = 0; at < text.length(); at++) {
            hash = (hash ^ text.charAt(at)) * 0x100000001b3L;
        }
        // the last characters must tell, too
        hash ^= hash >>> 32;
        hash *= 0x9e3779b97f4a7c15L;
        return hash ^ hash >>> 29;
    }
}
