package io.bridgehead.broker.relay;

import java.util.Locale;

/** What a connection of this room is doing. Immutable, any thread. */
sealed interface RelayState permits HostState, CommandState, ClientState {

    /** Whether input waits: what it means, or whose it is, is not known yet. */
    boolean awaits();

    /** Whether nothing goes on that a drain would cut. */
    boolean movable();

    /** The operator's word for it. */
    default String word() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
