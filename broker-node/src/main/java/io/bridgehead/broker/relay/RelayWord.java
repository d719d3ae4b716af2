package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import java.util.List;

/** What the desks of two nodes say to each other. Written to bytes by {@link RelayWordCodec}. Immutable, any thread. */
sealed interface RelayWord {

    /** How these hosts stand on {@code from} now; those it does not name are as they were. */
    record Stand(NodeId from, List<HostRow> rows) implements RelayWord {

        public Stand {
            rows = List.copyOf(rows);
        }
    }

    /** One of the host's connections for this client. Taken: it rings there. */
    record Claim(HostKey key, CallId call, Party client) implements RelayWord {}

    /** For the host's command connection on that node. */
    record Announce(HostKey key, boolean opened, int session) implements RelayWord {}

    /** An operator ends all of the host's connections there. */
    record Kick(HostKey key) implements RelayWord {}

    /** The host has come again: what is left of its old life there gives way. */
    record Replaced(HostKey key) implements RelayWord {}
}
