package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.util.List;

/** What nodes say to each other about owners' consent. Written to bytes by {@link ConsentWordCodec}. Immutable, any thread. */
sealed interface ConsentWord {

    /** The owner's word on a client address, for so long. */
    record Said(String service, String address, boolean yes, long millis) implements ConsentWord {}

    /** An operator's answer. Taken: the question was there. */
    record Decision(String id, boolean yes) implements ConsentWord {}

    /** What waits there? */
    record Inquiry(NodeId from, long number) implements ConsentWord {}

    /** Answer to {@link Inquiry}. */
    record Told(NodeId from, long number, List<PendingConsent> rows) implements ConsentWord {

        public Told {
            rows = List.copyOf(rows);
        }
    }
}
