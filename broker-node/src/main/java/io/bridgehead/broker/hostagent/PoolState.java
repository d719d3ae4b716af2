package io.bridgehead.broker.hostagent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The connections of one service at its relays: how many wait, when others are opened, and how long a relay that failed
 * is left alone. Does no I/O: every method answers what is to be done. One thread.
 *
 * <p>A relay is used while its command connection is up, because only there a host hears that a client is waiting for it
 * to speak first. The first data connection goes alone; when the relay has answered it, the relay is trusted and gets its
 * share of the pool. Relays that are trusted share the whole pool: what one that failed had, the others take over.
 *
 * <pre>
 *  a relay:       resting --retry--> dialling --commandUp--> up --commandLost, lost--> resting
 *                    ^                  |
 *                    '---commandLost----'
 *  a connection:  opening --opened--> waiting --clientSpoke, commandOpen--> serving --ended--> (forgotten)
 *                    |                   |
 *                    '-------lost--------'--> (forgotten)
 * </pre>
 *
 * A relay that rests after {@code lost} keeps its command connection; its retry opens a data connection.
 */
final class PoolState {

    /** A command may be faster than the answer to the connection it is about; of more than so many it is lost. */
    private static final int MAX_EARLY = 64;

    /**
     * What a pool is held to.
     *
     * @param size how many connections wait, at all relays together
     * @param backOff for each relay by itself
     * @param steady a relay that did well for so long has no failures behind it, and a connection that waited so long
     *     was not refused
     */
    record Limits(int size, BackOff backOff, Duration steady) {}

    private enum Command { DOWN, DIALLING, UP }

    private enum Phase { OPENING, WAITING, SERVING }

    private static final class Relay {

        private final int number;
        /** Of the connections that wait or serve. */
        private final Map<Integer, Connection> sessions = new HashMap<>();
        private final Set<Integer> early = new LinkedHashSet<>();
        private int opening;
        private int waiting;
        private Command command = Command.DOWN;
        private boolean trusted;
        private long trustedSince;
        private boolean resting;
        private int failures;

        private Relay(int number) {
            this.number = number;
        }

        private boolean isUsable() {
            return command == Command.UP && !resting;
        }
    }

    private static final class Connection {

        private final long id;
        private final Relay relay;
        private Phase phase = Phase.OPENING;
        private int session;
        private long waitingSince;

        private Connection(long id, Relay relay) {
            this.id = id;
            this.relay = relay;
        }
    }

    private final Limits limits;
    private final List<Relay> relays = new ArrayList<>();
    private final Map<Long, Connection> connections = new LinkedHashMap<>();
    private List<PoolEffect> effects = new ArrayList<>();
    private long lastId;
    private int serving;
    private boolean draining;
    private boolean over;

    PoolState(Limits limits, int relays) {
        this.limits = limits;
        for (int relay = 0; relay < relays; relay++) {
            this.relays.add(new Relay(relay));
        }
    }

    /** First of all. */
    List<PoolEffect> begun() {
        relays.forEach(this::dialCommand);
        return done();
    }

    /** The relay has the host's first words on the command connection. */
    List<PoolEffect> commandUp(int number) {
        Relay relay = relays.get(number);
        relay.command = Command.UP;
        return done();
    }

    /** It could not be opened, or was closed by the relay. Waiting connections would not hear of their client. */
    List<PoolEffect> commandLost(int number, long nowMillis, double dice) {
        Relay relay = relays.get(number);
        relay.command = Command.DOWN;
        relay.early.clear();
        closeWaiting(relay);
        fail(relay, nowMillis, dice);
        return done();
    }

    List<PoolEffect> retry(int number) {
        Relay relay = relays.get(number);
        if (relay.resting && !draining) {
            relay.resting = false;
            if (relay.command == Command.DOWN) {
                dialCommand(relay);
            }
        }
        return done();
    }

    /** The relay has answered the data connection, which waits for a client from now on. */
    List<PoolEffect> opened(long id, int session, long nowMillis) {
        Connection connection = connections.get(id);
        if (connection != null) {
            connection.phase = Phase.WAITING;
            connection.relay.opening--;
            connection.relay.waiting++;
            connection.session = session;
            connection.relay.sessions.put(session, connection);
            connection.waitingSince = nowMillis;
            if (!connection.relay.trusted) {
                connection.relay.trusted = true;
                connection.relay.trustedSince = nowMillis;
            }
            if (connection.relay.early.remove(session)) {
                effects.add(new PoolEffect.Serve(id));
                serve(connection);
            }
        }
        return done();
    }

    /** Bytes of a client came on a waiting connection, which serves it already. */
    List<PoolEffect> clientSpoke(long id) {
        Connection connection = connections.get(id);
        if (connection != null && connection.phase == Phase.WAITING) {
            serve(connection);
        }
        return done();
    }

    /** The relay says that a client was given to a session. */
    List<PoolEffect> commandOpen(int number, int session) {
        Relay relay = relays.get(number);
        Connection connection = relay.sessions.get(session);
        if (connection == null) {
            relay.early.add(session);
            if (relay.early.size() > MAX_EARLY) {
                relay.early.remove(relay.early.iterator().next());
            }
        } else if (connection.phase == Phase.WAITING) {
            serve(connection);
            effects.add(new PoolEffect.Serve(connection.id));
        }
        return done();
    }

    /** The relay says that a session's client has gone. */
    List<PoolEffect> commandDrop(int number, int session) {
        Relay relay = relays.get(number);
        relay.early.remove(session);
        Connection connection = relay.sessions.get(session);
        if (connection != null && connection.phase == Phase.SERVING) {
            effects.add(new PoolEffect.ClientGone(connection.id));
        }
        return done();
    }

    /** A connection could not be opened, was not answered, or was closed while it waited. */
    List<PoolEffect> lost(long id, long nowMillis, double dice) {
        Connection connection = connections.get(id);
        if (connection != null) {
            forget(connection);
            boolean refused = connection.phase == Phase.OPENING
                    || connection.phase == Phase.WAITING
                            && nowMillis - connection.waitingSince < limits.steady().toMillis();
            if (refused) {
                fail(connection.relay, nowMillis, dice);
            }
        }
        return done();
    }

    /** A connection that served a client is closed. */
    List<PoolEffect> ended(long id) {
        Optional.ofNullable(connections.get(id)).ifPresent(this::forget);
        return done();
    }

    /** Nobody waits any more; who serves a client goes on. {@link PoolEffect.Drained} when all have ended. */
    List<PoolEffect> drain() {
        draining = true;
        relays.forEach(this::closeWaiting);
        return done();
    }

    /** How many wait for a client. */
    int waiting() {
        return relays.stream().mapToInt(relay -> relay.waiting).sum();
    }

    /** How many serve one. */
    int serving() {
        return serving;
    }

    /** Whether a client can be served. */
    boolean isReady() {
        return !draining && waiting() > 0;
    }

    private List<PoolEffect> done() {
        if (!draining) {
            refill();
        } else if (connections.isEmpty() && !over) {
            over = true;
            relays.stream()
                    .filter(relay -> relay.command != Command.DOWN)
                    .forEach(relay -> effects.add(new PoolEffect.CloseCommand(relay.number)));
            effects.add(new PoolEffect.Drained());
        }
        List<PoolEffect> all = effects;
        effects = new ArrayList<>();
        return all;
    }

    private void refill() {
        List<Relay> trusted = relays.stream().filter(relay -> relay.isUsable() && relay.trusted).toList();
        for (int at = 0; at < trusted.size(); at++) {
            int share = limits.size() / trusted.size() + (at < limits.size() % trusted.size() ? 1 : 0);
            open(trusted.get(at), share);
        }
        relays.stream()
                .filter(relay -> relay.isUsable() && !relay.trusted && relay.opening == 0)
                .forEach(relay -> open(relay, Math.min(limits.size(), relay.waiting + 1)));
    }

    private void open(Relay relay, int share) {
        while (relay.opening + relay.waiting < share) {
            Connection connection = new Connection(++lastId, relay);
            connections.put(connection.id, connection);
            relay.opening++;
            effects.add(new PoolEffect.DialData(relay.number, connection.id));
        }
    }

    private void serve(Connection connection) {
        connection.phase = Phase.SERVING;
        connection.relay.waiting--;
        serving++;
    }

    private void forget(Connection connection) {
        connections.remove(connection.id);
        connection.relay.sessions.remove(connection.session, connection);
        switch (connection.phase) {
            case OPENING -> connection.relay.opening--;
            case WAITING -> connection.relay.waiting--;
            case SERVING -> serving--;
        }
    }

    private void dialCommand(Relay relay) {
        relay.command = Command.DIALLING;
        effects.add(new PoolEffect.DialCommand(relay.number));
    }

    private void closeWaiting(Relay relay) {
        for (Connection connection : List.copyOf(connections.values())) {
            if (connection.relay == relay && connection.phase != Phase.SERVING) {
                forget(connection);
                effects.add(new PoolEffect.CloseData(connection.id));
            }
        }
    }

    private void fail(Relay relay, long nowMillis, double dice) {
        if (relay.resting) {
            // one failure, told by several connections
            return;
        }
        if (relay.trusted && nowMillis - relay.trustedSince >= limits.steady().toMillis()) {
            relay.failures = 0;
        }
        relay.trusted = false;
        relay.resting = true;
        relay.failures++;
        effects.add(new PoolEffect.RetryAfter(relay.number, limits.backOff().after(relay.failures, dice)));
    }
}
