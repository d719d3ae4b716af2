package io.bridgehead.broker.session;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.SessionAddress;

/**
 * A room's protocol as a function: state and event in, next state and effects out. Implementations have no fields
 * that change, do no I/O, read no clock and draw no random numbers; one instance serves every connection of a room.
 *
 * @param <S> the room's states
 * @param <C> the room's commands
 * @param <R> the room's replies
 */
public interface Session<S, C, R> {

    /** The state of a connection that was just made. */
    S opened(SessionAddress self, String remoteAddress);

    /** Whether input must wait in this state, because what it means depends on an answer that is due. */
    boolean awaits(S state);

    /**
     * Whether the session in this state still makes this call. Asked when the callee is found, before it is rung: a
     * call that was given up meanwhile reaches nobody. For rooms that have {@link Effect.Ring}.
     */
    default boolean calls(S state, CallId call) {
        return false;
    }

    /** Whether nothing goes on in this state that a drain would cut: no bridge, no call either way. */
    boolean movable(S state);

    Transition<S, R> on(S state, Event<C> event);
}
