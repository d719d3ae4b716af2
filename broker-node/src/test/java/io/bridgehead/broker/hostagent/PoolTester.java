package io.bridgehead.broker.hostagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Runs a pool from a script: what happens, then each effect it has, in order. An effect that the script leaves out fails
 * the test, at the next event or when the tester is closed. The dice always show one, so that waits are the longest.
 */
final class PoolTester implements AutoCloseable {

    static final Duration STEADY = Duration.ofSeconds(10);
    static final BackOff BACK_OFF = new BackOff(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(60));

    private final PoolState pool;
    private final ArrayDeque<PoolEffect> unasserted = new ArrayDeque<>();
    private final List<String> script = new ArrayList<>();
    private long now = 1_000_000;

    PoolTester(int size, int relays) {
        pool = new PoolState(new PoolState.Limits(size, BACK_OFF, STEADY), relays);
    }

    PoolTester begun() {
        return on("begun", PoolState::begun);
    }

    PoolTester commandUp(int relay) {
        return on("commandUp " + relay, state -> state.commandUp(relay));
    }

    PoolTester commandLost(int relay) {
        return on("commandLost " + relay, state -> state.commandLost(relay, now, 1));
    }

    PoolTester retry(int relay) {
        return on("retry " + relay, state -> state.retry(relay));
    }

    PoolTester opened(long id, int session) {
        return on("opened " + id, state -> state.opened(id, session, now));
    }

    PoolTester clientSpoke(long id) {
        return on("clientSpoke " + id, state -> state.clientSpoke(id));
    }

    PoolTester commandOpen(int relay, int session) {
        return on("commandOpen " + session, state -> state.commandOpen(relay, session));
    }

    PoolTester commandDrop(int relay, int session) {
        return on("commandDrop " + session, state -> state.commandDrop(relay, session));
    }

    PoolTester lost(long id) {
        return on("lost " + id, state -> state.lost(id, now, 1));
    }

    PoolTester ended(long id) {
        return on("ended " + id, state -> state.ended(id));
    }

    PoolTester drain() {
        return on("drain", PoolState::drain);
    }

    PoolTester after(Duration time) {
        now += time.toMillis();
        return this;
    }

    /** The next effects are these. */
    PoolTester effects(PoolEffect... expected) {
        for (PoolEffect effect : expected) {
            assertThat(unasserted.poll()).as("after %s", script).isEqualTo(effect);
        }
        return this;
    }

    PoolTester dialsCommand(int relay) {
        return effects(new PoolEffect.DialCommand(relay));
    }

    PoolTester dials(int relay, long... ids) {
        for (long id : ids) {
            effects(new PoolEffect.DialData(relay, id));
        }
        return this;
    }

    PoolTester closes(long... ids) {
        for (long id : ids) {
            effects(new PoolEffect.CloseData(id));
        }
        return this;
    }

    PoolTester retriesAfter(int relay, Duration time) {
        return effects(new PoolEffect.RetryAfter(relay, time));
    }

    PoolTester has(int waiting, int serving) {
        assertThat(pool.waiting()).as("waiting after %s", script).isEqualTo(waiting);
        assertThat(pool.serving()).as("serving after %s", script).isEqualTo(serving);
        return this;
    }

    PoolState state() {
        return pool;
    }

    @Override
    public void close() {
        assertThat(unasserted).as("effects nobody asserted, after %s", script).isEmpty();
    }

    private PoolTester on(String event, Function<PoolState, List<PoolEffect>> happening) {
        close();
        script.add(event);
        unasserted.addAll(happening.apply(pool));
        return this;
    }
}
