package io.bridgehead.broker.relay;

/** What the relay says to a host. Immutable, any thread. Source: {@code protocols.md} §3. */
sealed interface RelayReply {

    /** The answer to Hello on a data connection: {@code relayHost} and {@code relayPort} are where clients connect. */
    record Welcome(int session, String relayHost, String relayPort) implements RelayReply {}

    /** On the command connection: a client was assigned to this session. */
    record Opened(int session) implements RelayReply {}

    /** On the command connection: the client of this session has gone. */
    record Dropped(int session) implements RelayReply {}
}
