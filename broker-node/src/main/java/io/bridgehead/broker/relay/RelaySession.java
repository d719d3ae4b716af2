package io.bridgehead.broker.relay;

import java.util.List;

/**
 * One of the room's three kinds of connection as a function: state and event in, next state and effects out. No I/O, no
 * clock, no dice; one instance serves all connections of its kind.
 *
 * @param <S> its states
 */
interface RelaySession<S extends RelayState> {

    Step<S> on(S state, RelayEvent event);

    /** Where an event leads. */
    record Step<S>(S state, List<RelayEffect> effects) {

        static <S> Step<S> to(S state, RelayEffect... effects) {
            return new Step<>(state, List.of(effects));
        }
    }
}
