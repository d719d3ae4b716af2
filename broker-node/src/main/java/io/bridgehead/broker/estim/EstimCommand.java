package io.bridgehead.broker.estim;

import io.bridgehead.broker.model.WrittenId;
import java.util.Optional;

/** What a client of the line protocol can ask for. Source: {@code protocols.md} §1. */
sealed interface EstimCommand {

    /**
     * {@code ;register=ID[;PIN[;v2;PROFILE]]}.
     *
     * @param profile given: the client speaks protocol 2
     */
    record Register(WrittenId id, Optional<String> pin, Optional<String> profile) implements EstimCommand {

        /** The PIN is a secret: not printed. */
        @Override
        public String toString() {
            return "Register[" + id.id() + "]";
        }
    }

    record Connect(WrittenId callee) implements EstimCommand {}

    record Accept(WrittenId caller) implements EstimCommand {}

    record Reject(WrittenId caller) implements EstimCommand {}

    record End() implements EstimCommand {}

    record Quit() implements EstimCommand {}

    record Users() implements EstimCommand {}

    record Visible() implements EstimCommand {}

    record Invisible() implements EstimCommand {}

    record Help() implements EstimCommand {}
}
