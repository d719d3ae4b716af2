package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.SessionId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The hosts' connections of this node: who waits since when, who has a client. Its memory is the truth; what other nodes
 * know of it is a copy. No I/O, no clock; one thread, the desk's. Bounded by the listeners' connection limits.
 */
final class HostPool {

    private record Place(long sinceNanos, SessionId session) implements Comparable<Place> {

        @Override
        public int compareTo(Place other) {
            int age = Long.compare(sinceNanos - other.sinceNanos, 0);
            return age != 0 ? age : session.compareTo(other.session);
        }
    }

    private static final class Host {

        private final TreeSet<Place> waiting = new TreeSet<>();
        private int load;
        private int channels;
        private boolean out;

        private boolean isEmpty() {
            return waiting.isEmpty() && load == 0 && channels == 0;
        }
    }

    private static final class Connection {

        private final HostKey key;
        private final Place place;
        private boolean waits;
        private boolean taken;

        private Connection(HostKey key, Place place) {
            this.key = key;
            this.place = place;
        }
    }

    private final Map<HostKey, Host> hosts = new HashMap<>();
    private final Map<SessionId, Connection> connections = new HashMap<>();
    private final Set<HostKey> changed = new HashSet<>();

    /** The connection waits; one that comes back without a client has its old place. */
    void offer(HostKey key, SessionId session, long nanos) {
        Connection connection =
                connections.computeIfAbsent(session, id -> new Connection(key, new Place(nanos, id)));
        if (connection.waits) {
            return;
        }
        Host host = host(connection.key);
        if (connection.taken) {
            connection.taken = false;
            host.load--;
        }
        connection.waits = true;
        host.waiting.add(connection.place);
        changed.add(connection.key);
    }

    /** The host's connection that has waited longest; it has a client from here on. */
    Optional<SessionId> take(HostKey key) {
        Host host = hosts.get(key);
        if (host == null || host.out || host.waiting.isEmpty()) {
            return Optional.empty();
        }
        SessionId session = host.waiting.pollFirst().session();
        Connection connection = connections.get(session);
        connection.waits = false;
        connection.taken = true;
        host.load++;
        changed.add(key);
        return Optional.of(session);
    }

    /** The connection is over; whose it was. */
    Optional<HostKey> forget(SessionId session) {
        Connection connection = connections.remove(session);
        if (connection == null) {
            return Optional.empty();
        }
        Host host = host(connection.key);
        if (connection.waits) {
            host.waiting.remove(connection.place);
        } else if (connection.taken) {
            host.load--;
        }
        cleared(connection.key, host);
        return Optional.of(connection.key);
    }

    /** The host gets no clients ({@code out}), or gets them again. One that has no connection any more is not marked. */
    void out(HostKey key, boolean out) {
        Host host = hosts.get(key);
        if (host != null) {
            host.out = out;
            changed.add(key);
        }
    }

    /** The host has so many command connections here now. */
    void channels(HostKey key, int count) {
        Host host = host(key);
        host.channels = count;
        cleared(key, host);
    }

    private Host host(HostKey key) {
        return hosts.computeIfAbsent(key, each -> new Host());
    }

    private void cleared(HostKey key, Host host) {
        changed.add(key);
        if (host.isEmpty()) {
            hosts.remove(key);
        }
    }

    /** The host's connections that wait since {@code beforeNanos} or longer. */
    List<SessionId> waitingSince(HostKey key, long beforeNanos) {
        Host host = hosts.get(key);
        return host == null
                ? List.of()
                : host.waiting.stream()
                        .filter(place -> place.sinceNanos() - beforeNanos <= 0)
                        .map(Place::session)
                        .toList();
    }

    /** Every connection of the host, waiting or not. */
    List<SessionId> connections(HostKey key) {
        return connections.entrySet().stream()
                .filter(each -> each.getValue().key.equals(key))
                .map(Map.Entry::getKey)
                .toList();
    }

    Collection<HostKey> hosts() {
        return List.copyOf(hosts.keySet());
    }

    int waiting(String service) {
        return hosts.entrySet().stream()
                .filter(each -> each.getKey().service().equals(service))
                .mapToInt(each -> each.getValue().waiting.size())
                .sum();
    }

    /** How the host stands; one that is not here has a row of zeros. */
    HostRow row(HostKey key, long nanos) {
        Host host = hosts.get(key);
        if (host == null) {
            return new HostRow(key, 0, 0, 0, 0);
        }
        boolean none = host.out || host.waiting.isEmpty();
        long waited = none ? 0 : (nanos - host.waiting.first().sinceNanos()) / 1_000_000;
        return new HostRow(key, none ? 0 : host.waiting.size(), Math.max(0, waited), host.load, host.channels);
    }

    List<HostRow> rows(long nanos) {
        return hosts.keySet().stream().map(key -> row(key, nanos)).toList();
    }

    /** The rows that are not as they were when this was asked last. */
    List<HostRow> changes(long nanos) {
        List<HostRow> rows = changed.stream().map(key -> row(key, nanos)).toList();
        changed.clear();
        return rows;
    }
}
