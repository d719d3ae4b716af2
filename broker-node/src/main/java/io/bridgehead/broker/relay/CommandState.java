package io.bridgehead.broker.relay;

import java.util.Optional;

/** What a host's command connection is doing. Immutable, any thread. */
sealed interface CommandState extends RelayState {

    @Override
    default boolean awaits() {
        return false;
    }

    @Override
    default boolean movable() {
        return true;
    }

    /**
     * It has said nothing yet, as a host of the seed's kind never does.
     *
     * @param anonymous whom such a host serves, if anybody
     */
    record Silent(Optional<HostKey> anonymous) implements CommandState {}

    /** Its Hello is being decided on. */
    record Checking() implements CommandState {

        @Override
        public boolean awaits() {
            return true;
        }
    }

    /** It is told of its host's clients. */
    record Listening(HostKey key) implements CommandState {}

    record Over() implements CommandState {

        @Override
        public boolean movable() {
            return false;
        }
    }
}
