package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;

/** What a host's data connection is doing. Immutable, any thread. */
sealed interface HostState extends RelayState {

    @Override
    default boolean awaits() {
        return false;
    }

    @Override
    default boolean movable() {
        return true;
    }

    /** It has to say Hello. */
    record Greeting() implements HostState {}

    /** Its Hello is being decided on. */
    record Checking() implements HostState {

        @Override
        public boolean awaits() {
            return true;
        }
    }

    /** It waits for a client; what it sends behind its Hello will be that client's. */
    record Waiting(Guest guest) implements HostState {

        @Override
        public boolean awaits() {
            return true;
        }
    }

    /** A client was found, and has the last word. */
    record Offered(Guest guest, CallId call, Party client) implements HostState {

        @Override
        public boolean awaits() {
            return true;
        }

        @Override
        public boolean movable() {
            return false;
        }
    }

    /**
     * It is the client's.
     *
     * @param hostDone the host sends no more
     * @param clientDone the client sends no more
     */
    record Assigned(Guest guest, CallId call, boolean hostDone, boolean clientDone) implements HostState {

        @Override
        public boolean movable() {
            return false;
        }
    }

    record Over() implements HostState {

        @Override
        public boolean movable() {
            return false;
        }
    }

    /** Who serves by it: the host, its number on the wire, and how others see it. */
    record Guest(HostKey key, int number, Party self) {}
}
