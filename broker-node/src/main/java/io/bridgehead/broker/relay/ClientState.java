package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;

/** What a client's connection is doing. Immutable, any thread. */
sealed interface ClientState extends RelayState {

    @Override
    default boolean awaits() {
        return false;
    }

    @Override
    default boolean movable() {
        return false;
    }

    /** The policy is being asked. */
    record Asking() implements ClientState {

        @Override
        public boolean awaits() {
            return true;
        }
    }

    /** It waits for a host; what it sends waits in the kernel. */
    record Queued(Party self) implements ClientState {

        @Override
        public boolean awaits() {
            return true;
        }
    }

    /**
     * It has its host.
     *
     * @param clientDone the client sends no more
     * @param hostDone the host sends no more
     */
    record Served(CallId call, boolean clientDone, boolean hostDone) implements ClientState {}

    record Over() implements ClientState {}
}
