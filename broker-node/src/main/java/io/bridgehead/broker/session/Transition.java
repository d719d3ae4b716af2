package io.bridgehead.broker.session;

import java.util.List;

/** Where an event leads: the next state and what to do, in order. Immutable. */
public record Transition<S, R>(S state, List<Effect<R>> effects) {

    @SafeVarargs
    public static <S, R> Transition<S, R> to(S state, Effect<R>... effects) {
        return new Transition<>(state, List.of(effects));
    }
}
