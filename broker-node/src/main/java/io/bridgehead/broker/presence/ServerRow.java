package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.SessionAddress;
import java.util.List;
import java.util.Optional;

/**
 * A signalling server that is open: who keeps it, and who is with it. The keeper's memory is the truth, the row a copy
 * from which another node goes on when the keeper is gone. Holds hashes only: who reads it can neither join nor resume.
 * Immutable, any thread.
 *
 * @param token SHA-256 of the server's token, in hex; the row's key
 * @param keeper where its messages are brought together
 * @param serverInfo what it tells its clients, if anything
 * @param peers the server itself and its clients
 */
public record ServerRow(String token, SessionAddress keeper, Optional<String> serverInfo, List<Peer> peers) {

    public ServerRow {
        peers = List.copyOf(peers);
    }

    /**
     * One end of the messages.
     *
     * @param id a client's id; the server itself has {@link #SERVER}
     * @param secret SHA-256, in hex, of the secret with which it comes back
     * @param resumable whether it knows that secret
     * @param who the name its own backend vouched for; empty: none
     */
    public record Peer(String id, String secret, boolean resumable, String who) {

        /** Stands for the server's id, which is its token and in no row. */
        public static final String SERVER = "server";

        public boolean isServer() {
            return id.equals(SERVER);
        }
    }

    public ServerRow keptBy(SessionAddress other) {
        return new ServerRow(token, other, serverInfo, peers);
    }
}
