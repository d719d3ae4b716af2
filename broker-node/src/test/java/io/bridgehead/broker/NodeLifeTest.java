package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.NodeState;
import io.bridgehead.broker.config.NodeConfig;
import io.bridgehead.broker.listener.Doors;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Time is the test's: it passes in steps of 100 ms. */
class NodeLifeTest {

    private static final NodeId SELF = new NodeId("n1");
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");

    private long millis;
    private int count;
    private final LocalSessions sessions = new LocalSessions();
    private final List<String> told = new ArrayList<>();
    private final Listeners doors = new Listeners();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final NodeLife life = new NodeLife(
            new NodeConfig(SELF, "example.org", Path.of("data"), Duration.ofSeconds(20), Duration.ofSeconds(5)),
            doors,
            sessions,
            new Meters(registry),
            this::nanos,
            () -> BEGIN.plusMillis(millis),
            () -> told.add("stop"));
    private long nanos() {
        // the monotonic clock may be anything, and pass through zero
        return Duration.ofMillis(millis).toNanos() - Duration.ofSeconds(7).toNanos();
    }

    /** Listening sockets that open when they are told to, unless the test holds them. */
    private final class Listeners implements Doors {

        private boolean listening = true;
        private Promise<Void> held;

        @Override
        public Future<Void> stopAccepting() {
            listening = false;
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> acceptAgain() {
            if (held == null) {
                listening = true;
                return Future.succeededFuture();
            }
            return held.future().onSuccess(open -> listening = true);
        }

        @Override
        public int open() {
            return sessions.connectedCount();
        }
    }

    /** A session that goes when it is asked to, if nothing goes on in it. */
    private final class Guest implements LocalSession {

        private final SessionId id = SessionId.on(new Incarnation(1), ++count, 0);
        private boolean busy;
        /** It does not go when it is asked to. */
        private boolean stays;
        private boolean asked;
        private CloseReason closed;

        private Guest(boolean busy) {
            this.busy = busy;
            sessions.connected(this);
        }

        @Override
        public void renamed(String displayName) {
            throw new IllegalStateException("a drain names nobody: " + displayName);
        }

        @Override
        public SessionId id() {
            return id;
        }

        @Override
        public void tell(Signal signal) {
            throw new IllegalStateException("a drain tells sessions nothing: " + signal);
        }

        @Override
        public void evict(CloseReason reason) {
            closed = reason;
            sessions.disconnected(this);
        }

        @Override
        public boolean movable() {
            return !busy;
        }

        @Override
        public void askToMove() {
            asked = true;
            if (!stays) {
                sessions.disconnected(this);
            }
        }

        @Override
        public void nodeGone(NodeId node) {
            throw new IllegalStateException("a drain ends no calls: " + node);
        }

        @Override
        public boolean inContext() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public SessionInfo info() {
            return new SessionInfo(
                    new SessionAddress(SELF, id), "line-tcp", "192.0.2.1", BEGIN, Optional.empty(), "idle",
                    Optional.empty());
        }
    }

    private List<Guest> idle(int users) {
        List<Guest> guests = new ArrayList<>();
        for (int n = 0; n < users; n++) {
            guests.add(new Guest(false));
        }
        return guests;
    }

    private void pass(Duration time) {
        for (long end = millis + time.toMillis(); millis < end; ) {
            millis += NodeLife.STEP.toMillis();
            life.step();
        }
    }

    private static long asked(List<Guest> guests) {
        return guests.stream().filter(guest -> guest.asked).count();
    }

    private Optional<String> drain(boolean andStop) {
        return life.drain(andStop).result();
    }

    private double gauge() {
        return registry.get("bridgehead_draining").gauge().value();
    }

    @Test
    void aDrainStillAcceptsForTheGraceAndAsksNobodyMeanwhile() {
        life.serves();
        List<Guest> guests = idle(300);

        assertThat(drain(false)).isEmpty();
        assertThat(life.drains()).isTrue();
        assertThat(gauge()).isEqualTo(1);
        pass(Duration.ofMillis(4_900));
        assertThat(doors.listening).isTrue();
        assertThat(asked(guests)).isZero();
        pass(Duration.ofMillis(100));

        assertThat(doors.listening).isFalse();
        assertThat(asked(guests)).isPositive();
    }

    @Test
    void idleUsersAreSpreadOverWhatIsLeftOfTheDrainTime() {
        life.serves();
        List<Guest> guests = idle(300);
        drain(false);

        pass(Duration.ofMillis(12_500));
        assertThat(asked(guests)).isBetween(145L, 160L);
        pass(Duration.ofMillis(7_400));

        assertThat(asked(guests)).isEqualTo(300);
        assertThat(guests).allMatch(guest -> guest.closed == null);
        assertThat(registry.get("bridgehead_drain_moves_total").counter().count()).isEqualTo(300);
    }

    @Test
    void whoDoesNotGoWhenAskedKeepsNobodyElseFromBeingAsked() {
        life.serves();
        List<Guest> guests = idle(30);
        guests.forEach(guest -> guest.stays = true);
        drain(false);

        pass(Duration.ofMillis(19_900));
        assertThat(asked(guests)).isEqualTo(30);
        assertThat(registry.get("bridgehead_drain_moves_total").counter().count()).isEqualTo(30);
    }

    @Test
    void whoCouldNotGoWhenAskedIsAskedAgain() {
        life.serves();
        Guest asking = new Guest(false);
        asking.stays = true;
        drain(false);
        pass(Duration.ofSeconds(6));
        assertThat(asking.asked).isTrue();
        asking.stays = false;

        pass(Duration.ofMillis(200));
        assertThat(life.state()).isEqualTo(NodeState.DRAINED);
        assertThat(asking.closed).isNull();
    }

    @Test
    void whoIsBusyStaysUntilTheDeadlineAndIsClosedThenWithAReason() {
        life.serves();
        Guest busy = new Guest(true);
        Guest busyForAWhile = new Guest(true);
        drain(false);
        pass(Duration.ofSeconds(10));
        busyForAWhile.busy = false;
        pass(Duration.ofMillis(9_900));

        assertThat(busyForAWhile.asked).isTrue();
        assertThat(busy.asked).isFalse();
        assertThat(busy.closed).isNull();
        assertThat(life.state()).isEqualTo(NodeState.DRAINING);
        pass(Duration.ofMillis(200));
        assertThat(busy.closed).isEqualTo(CloseReason.SHUTDOWN);
        assertThat(life.state()).isEqualTo(NodeState.DRAINED);
        assertThat(life.drained().succeeded()).isTrue();
        assertThat(life.since()).isEqualTo(BEGIN.plusMillis(millis));
    }

    @Test
    void whatIsDueIsNotAStepLate() {
        life.serves();
        Guest busy = new Guest(true);
        assertThat(life.nextStep()).isEqualTo(NodeLife.STEP);
        drain(false);

        pass(Duration.ofMillis(4_900));
        millis += 70;
        assertThat(life.nextStep()).isEqualTo(Duration.ofMillis(30));
        millis += 30;
        life.step();
        assertThat(doors.listening).isFalse();

        pass(Duration.ofMillis(14_900));
        millis += 60;
        assertThat(life.nextStep()).isEqualTo(Duration.ofMillis(40));
        millis += 40;
        life.step();
        assertThat(busy.closed).isEqualTo(CloseReason.SHUTDOWN);
        // whether the last have gone is looked at often
        assertThat(life.nextStep()).isLessThan(Duration.ofMillis(20));
    }

    @Test
    void itIsOverAsSoonAsNobodyIsLeftAndTheNodeStaysUp() {
        life.serves();
        idle(2);
        drain(false);
        pass(Duration.ofMillis(6_500));

        assertThat(life.state()).isEqualTo(NodeState.DRAINED);
        assertThat(life.drains()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void whoComesOutOfItsHandShakeAfterTheEndIsClosed() {
        life.serves();
        drain(false);
        pass(Duration.ofSeconds(6));
        Guest late = new Guest(false);
        pass(Duration.ofMillis(100));

        assertThat(late.closed).isEqualTo(CloseReason.SHUTDOWN);
    }

    @Test
    void aDrainIsTakenBackWhileItNotices() {
        life.serves();
        Future<Void> drained = life.drain(false).compose(begun -> life.drained());
        pass(Duration.ofSeconds(2));

        assertThat(life.undrain().result()).isEmpty();
        assertThat(life.state()).isEqualTo(NodeState.READY);
        assertThat(gauge()).isZero();
        assertThat(drained.failed()).isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(doors.listening).isTrue();
    }

    @Test
    void aDrainIsTakenBackWhileUsersMoveAndTheOthersStay() {
        life.serves();
        List<Guest> guests = idle(300);
        drain(false);
        pass(Duration.ofSeconds(10));
        long before = asked(guests);

        assertThat(life.undrain().result()).isEmpty();
        pass(Duration.ofMinutes(1));
        assertThat(before).isBetween(50L, 250L);
        assertThat(asked(guests)).isEqualTo(before);
        assertThat(guests).allMatch(guest -> guest.closed == null);
        assertThat(doors.listening).isTrue();
        assertThat(life.state()).isEqualTo(NodeState.READY);
    }

    @Test
    void aDrainedNodeTakesUsersAgainAndCanBeDrainedAgain() {
        life.serves();
        for (int round = 0; round < 3; round++) {
            drain(false);
            pass(Duration.ofSeconds(6));
            assertThat(life.state()).isEqualTo(NodeState.DRAINED);
            assertThat(doors.listening).isFalse();
            assertThat(life.undrain().result()).isEmpty();
            assertThat(doors.listening).isTrue();
            assertThat(life.state()).isEqualTo(NodeState.READY);
        }
    }

    @Test
    void nobodyIsAskedWhileTheListenersOpenAndADrainMeanwhileComesAfter() {
        life.serves();
        List<Guest> guests = idle(300);
        drain(false);
        pass(Duration.ofSeconds(6));
        doors.held = Promise.promise();
        Future<Optional<String>> undrained = life.undrain();
        long before = asked(guests);
        pass(Duration.ofSeconds(3));
        assertThat(asked(guests)).isEqualTo(before);
        assertThat(life.undrain()).isSameAs(undrained);
        Future<Optional<String>> again = life.drain(true);
        assertThat(undrained.isComplete()).isFalse();
        assertThat(life.drains()).isTrue();

        doors.held.complete();

        assertThat(undrained.result()).isEmpty();
        assertThat(again.result()).isEmpty();
        assertThat(life.state()).isEqualTo(NodeState.STOPPING);
        assertThat(told).containsExactly("stop");
        assertThat(doors.listening).isTrue();
        pass(Duration.ofSeconds(5));
        assertThat(doors.listening).isFalse();
    }

    @Test
    void aPortThatIsTakenLeavesTheNodeDrained() {
        life.serves();
        drain(false);
        pass(Duration.ofSeconds(6));
        doors.held = Promise.promise();
        Future<Optional<String>> undrained = life.undrain();

        doors.held.fail("estim.listen: 127.0.0.1:37846 is in use (expected: a free port)");

        assertThat(undrained.result()).contains("estim.listen: 127.0.0.1:37846 is in use (expected: a free port)");
        assertThat(life.state()).isEqualTo(NodeState.DRAINED);
        assertThat(life.drained().succeeded()).isTrue();
    }

    @Test
    void aStopGoesOnWithTheDrainThatRunsAndIsNotTakenBack() {
        life.serves();
        Guest busy = new Guest(true);
        drain(false);
        pass(Duration.ofSeconds(15));
        assertThat(drain(true)).isEmpty();
        assertThat(drain(true)).isEmpty();

        assertThat(told).containsExactly("stop");
        assertThat(life.state()).isEqualTo(NodeState.STOPPING);
        assertThat(life.undrain().result()).contains("it stops (expected: a node that drains or is drained)");
        pass(Duration.ofMillis(5_200));
        assertThat(busy.closed).isEqualTo(CloseReason.SHUTDOWN);
        assertThat(life.drained().succeeded()).isTrue();
        assertThat(life.state()).isEqualTo(NodeState.STOPPING);
    }

    @Test
    void aDrainedNodeThatIsToldToStopIsDoneAtOnce() {
        life.serves();
        drain(false);
        pass(Duration.ofSeconds(6));

        assertThat(life.drain(true).compose(begun -> life.drained()).succeeded()).isTrue();
        assertThat(told).containsExactly("stop");
    }

    @Test
    void aNodeThatStartsDoesNotDrain() {
        assertThat(drain(true)).contains("it starts (expected: a node that serves)");

        life.serves();
        assertThat(life.state()).isEqualTo(NodeState.READY);
        assertThat(told).isEmpty();
        assertThat(life.undrain().result()).isEmpty();
    }

    @Test
    void theGraceIsNeverLongerThanTheDrain() {
        NodeConfig config =
                new NodeConfig(SELF, "example.org", Path.of("data"), Duration.ofSeconds(1), Duration.ofSeconds(5));

        assertThat(config.acceptGrace()).isEqualTo(Duration.ofSeconds(1));
    }
}
