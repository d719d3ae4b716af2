package io.bridgehead.broker;

import io.bridgehead.broker.bus.NodeReport;
import io.bridgehead.broker.bus.NodeState;
import io.bridgehead.broker.config.NodeConfig;
import io.bridgehead.broker.listener.Doors;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CloseReason;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node takes users, and how it lets go of them. Any thread; nothing blocks. Time passes in {@link #step}.
 *
 * <pre>
 *  Starting --serves--> Serving --drain--> Noticing --accept-grace over--> Moving --drain-time over--> Ending
 *                          ^------undrain------'                             |                           |
 *                          |                                        nobody left: Drained      said goodbye: Drained
 *                          '--listening again-- Reopening <--undrain-- Moving, Ending, Drained
 * </pre>
 *
 * <p>Not ready from {@code drain} on. Noticing: load balancers find out, newcomers still get in. Moving: listeners are
 * closed, idle users are asked to move, bridges go on. Ending: whoever is left is closed. With {@code stop} nothing is
 * taken back any more.
 */
final class NodeLife {

    /** How often {@link #step} is to be called, when nothing is due earlier. */
    static final Duration STEP = Duration.ofMillis(100);

    /** While the last connections close, which is over soon. */
    private static final Duration ENDING_STEP = Duration.ofMillis(10);

    /** For the last lines to get out, once everybody has been closed. */
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeLife.class);

    private final NodeConfig config;
    private final Doors doors;
    private final LocalSessions sessions;
    private final LongSupplier nanos;
    private final InstantSource clock;
    private final Runnable stop;
    private final Counter moves;
    private Phase phase = new Phase.Starting();
    private Promise<Void> drained = Promise.promise();
    private Future<Void> latestDoors = Future.succeededFuture();
    private boolean stopping;
    private NodeState shown = NodeState.STARTING;
    private Instant since;

    /** Times are of the monotonic clock, in nanoseconds. */
    private sealed interface Phase {

        record Starting() implements Phase {}

        record Serving() implements Phase {}

        record Noticing(long until, long deadline) implements Phase {}

        /** {@code asked}: who was asked to move, and may still be there. */
        record Moving(long deadline, MovePace pace, Set<SessionId> asked) implements Phase {}

        record Ending(long until) implements Phase {}

        record Drained() implements Phase {}

        record Reopening(Future<Optional<String>> done) implements Phase {}
    }

    /**
     * @param nanos monotonic clock
     * @param stop called once, when the node is told to end after its drain
     */
    NodeLife(
            NodeConfig config,
            Doors doors,
            LocalSessions sessions,
            Meters meters,
            LongSupplier nanos,
            InstantSource clock,
            Runnable stop) {
        this.config = config;
        this.doors = doors;
        this.sessions = sessions;
        this.nanos = nanos;
        this.clock = clock;
        this.stop = stop;
        this.since = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        this.moves = meters.counter(Meter.DRAIN_MOVES);
        meters.gauge(Meter.DRAINING, () -> drains() ? 1 : 0);
    }

    /** The listeners are open. */
    synchronized void serves() {
        enter(new Phase.Serving());
    }

    /** False from the order to drain until users are taken again. */
    synchronized boolean drains() {
        return switch (phase) {
            case Phase.Starting s -> false;
            case Phase.Serving s -> false;
            case Phase.Noticing n -> true;
            case Phase.Moving m -> true;
            case Phase.Ending e -> true;
            case Phase.Drained d -> true;
            case Phase.Reopening r -> true;
        };
    }

    synchronized NodeState state() {
        return shown;
    }

    /** When {@link #state} became so. */
    synchronized Instant since() {
        return since;
    }

    /**
     * Begins to drain; a drain that runs goes on as it is. {@code andStop}: the node ends afterwards. Answers why not, or
     * nothing, once it has begun.
     */
    synchronized Future<Optional<String>> drain(boolean andStop) {
        return switch (phase) {
            case Phase.Starting s -> Future.succeededFuture(Optional.of("it starts (expected: a node that serves)"));
            case Phase.Serving s -> {
                begin();
                yield goOn(andStop);
            }
            case Phase.Noticing n -> goOn(andStop);
            case Phase.Moving m -> goOn(andStop);
            case Phase.Ending e -> goOn(andStop);
            case Phase.Drained d -> goOn(andStop);
            case Phase.Reopening r -> r.done().transform(either -> drain(andStop));
        };
    }

    private Future<Optional<String>> goOn(boolean andStop) {
        if (andStop && !stopping) {
            stopping = true;
            enter(phase);
            stop.run();
        }
        return Future.succeededFuture(Optional.empty());
    }

    /** Done when the drain that runs is; fails when it is taken back. */
    synchronized Future<Void> drained() {
        return drained.future();
    }

    private void begin() {
        long now = nanos.getAsLong();
        drained = Promise.promise();
        LOG.atInfo()
                .addKeyValue("sessions", sessions.connectedCount())
                .addKeyValue("accept-grace", config.acceptGrace())
                .addKeyValue("deadline", config.drainTime())
                .log("node drains");
        enter(new Phase.Noticing(now + config.acceptGrace().toNanos(), now + config.drainTime().toNanos()));
        step();
    }

    /** Takes the drain back: listens again; users who have not been asked to move stay. Answers why not, or nothing. */
    synchronized Future<Optional<String>> undrain() {
        if (stopping) {
            return Future.succeededFuture(Optional.of("it stops (expected: a node that drains or is drained)"));
        }
        return switch (phase) {
            case Phase.Starting s -> Future.succeededFuture(Optional.empty());
            case Phase.Serving s -> Future.succeededFuture(Optional.empty());
            case Phase.Noticing n -> {
                servesAgain();
                yield Future.succeededFuture(Optional.empty());
            }
            case Phase.Moving m -> reopen();
            case Phase.Ending e -> reopen();
            case Phase.Drained d -> reopen();
            case Phase.Reopening r -> r.done();
        };
    }

    private Future<Optional<String>> reopen() {
        Phase before = phase;
        Promise<Optional<String>> told = Promise.promise();
        enter(new Phase.Reopening(told.future()));
        latestDoors = latestDoors.transform(closed -> doors.acceptAgain());
        latestDoors.onComplete(
                open -> {
                    servesAgain();
                    told.complete(Optional.empty());
                },
                failure -> {
                    LOG.atWarn().addKeyValue("reason", failure.getMessage()).log("node cannot listen again");
                    stayDrained(before);
                    told.complete(Optional.of(cut(failure.getMessage())));
                });
        return told.future();
    }

    private synchronized void servesAgain() {
        LOG.info("node takes users again");
        enter(new Phase.Serving());
        drained.tryFail("the drain was taken back");
    }

    private synchronized void stayDrained(Phase before) {
        enter(before);
    }

    private static String cut(String message) {
        String line = message == null || message.isBlank() ? "it cannot listen again" : message.strip();
        return line.substring(0, Math.min(line.length(), NodeReport.MAX_REFUSAL));
    }

    /** What is due by now. */
    synchronized void step() {
        long now = nanos.getAsLong();
        switch (phase) {
            case Phase.Starting s -> {}
            case Phase.Serving s -> {}
            case Phase.Noticing(long until, long deadline) -> {
                if (now - until >= 0) {
                    closeDoors(deadline - now);
                    move(new Phase.Moving(deadline, MovePace.from(now), new HashSet<>()), now);
                }
            }
            case Phase.Moving moving -> move(moving, now);
            case Phase.Ending(long until) -> {
                if (latestDoors.isComplete() && doors.open() == 0 || now - until >= 0) {
                    finish();
                }
            }
            // one that was in its hand-shake when the listeners closed
            case Phase.Drained d -> closeAll();
            case Phase.Reopening r -> {}
        }
    }

    /** In how much time {@link #step} is to be called. */
    synchronized Duration nextStep() {
        return switch (phase) {
            case Phase.Noticing(long until, long deadline) -> soonest(until);
            case Phase.Moving moving -> soonest(moving.deadline());
            case Phase.Ending e -> ENDING_STEP;
            default -> STEP;
        };
    }

    private Duration soonest(long due) {
        long left = Math.max(0, due - nanos.getAsLong());
        return Duration.ofNanos(Math.min(STEP.toNanos(), left));
    }

    private void closeDoors(long left) {
        latestDoors = latestDoors.transform(before -> doors.stopAccepting());
        long most = Math.max(0, left) / Duration.ofSeconds(1).toNanos() * MovePace.MOST;
        int users = sessions.connectedCount();
        if (users > most && left > 0) {
            LOG.atWarn().addKeyValue("sessions", users).addKeyValue("can-move", most)
                    .log("more users than can be asked to move in time: node.drain-time is short for them");
        }
    }

    private void move(Phase.Moving moving, long now) {
        if (latestDoors.isComplete() && doors.open() == 0) {
            finish();
        } else if (now - moving.deadline() >= 0) {
            LOG.atInfo().addKeyValue("sessions", sessions.connectedCount()).log("drain time is over");
            closeAll();
            enter(new Phase.Ending(now + GOODBYE.toNanos()));
        } else {
            List<LocalSession> idle = sessions.all().stream().filter(LocalSession::movable).toList();
            List<LocalSession> unasked =
                    idle.stream().filter(session -> !moving.asked().contains(session.id())).toList();
            MovePace pace = moving.pace().at(now, moving.deadline(), unasked.size());
            List<LocalSession> next = unasked.stream().limit(pace.allowed(unasked.size())).toList();
            next.forEach(session -> {
                moving.asked().add(session.id());
                session.askToMove();
            });
            moves.increment(next.size());
            if (unasked.isEmpty()) {
                // who had a question under way when he was asked, or does not read, stayed
                idle.forEach(LocalSession::askToMove);
            }
            enter(new Phase.Moving(moving.deadline(), pace.asked(next.size()), moving.asked()));
        }
    }

    private void closeAll() {
        sessions.all().forEach(session -> session.evict(CloseReason.SHUTDOWN));
    }

    private void finish() {
        LOG.info("node is drained");
        enter(new Phase.Drained());
        drained.tryComplete();
    }

    private void enter(Phase next) {
        phase = next;
        NodeState now = switch (next) {
            case Phase.Starting s -> NodeState.STARTING;
            case Phase.Serving s -> NodeState.READY;
            case Phase.Noticing n -> draining();
            case Phase.Moving m -> draining();
            case Phase.Ending e -> draining();
            case Phase.Drained d -> stopping ? NodeState.STOPPING : NodeState.DRAINED;
            case Phase.Reopening r -> draining();
        };
        if (now != shown) {
            shown = now;
            since = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        }
    }

    private NodeState draining() {
        return stopping ? NodeState.STOPPING : NodeState.DRAINING;
    }
}
