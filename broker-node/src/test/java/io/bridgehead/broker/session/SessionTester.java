package io.bridgehead.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one session from a script: an event, then each effect it has, in order. An effect that the script leaves out
 * fails the test, at the next event or when the tester is closed.
 */
public final class SessionTester<S, C, R> implements AutoCloseable {

    private final Session<S, C, R> session;
    private final ArrayDeque<Effect<R>> unasserted = new ArrayDeque<>();
    private final List<String> script = new ArrayList<>();
    private S state;

    public SessionTester(Session<S, C, R> session, S state) {
        this.session = session;
        this.state = state;
    }

    /** Something happens; what happened before must have been asserted whole. */
    public SessionTester<S, C, R> on(Event<C> event) {
        nothingElse();
        script.add(event.toString());
        Transition<S, R> transition = session.on(state, event);
        state = transition.state();
        unasserted.addAll(transition.effects());
        return this;
    }

    public SessionTester<S, C, R> says(C command) {
        return on(new Event.Command<>(command));
    }

    public SessionTester<S, C, R> hears(Signal signal) {
        return on(new Event.Signalled<>(signal));
    }

    /** The next effect is this one. */
    public SessionTester<S, C, R> effect(Effect<R> expected) {
        assertThat(unasserted.poll()).as("after %s", script).isEqualTo(expected);
        return this;
    }

    public SessionTester<S, C, R> reply(R expected) {
        return effect(new Effect.Reply<>(expected));
    }

    public SessionTester<S, C, R> in(Class<? extends S> expected) {
        assertThat(state).as("state after %s", script).isInstanceOf(expected);
        return this;
    }

    public SessionTester<S, C, R> nothingElse() {
        assertThat(unasserted).as("effects nobody asserted, after %s", script).isEmpty();
        return this;
    }

    public S state() {
        return state;
    }

    @Override
    public void close() {
        nothingElse();
    }
}
