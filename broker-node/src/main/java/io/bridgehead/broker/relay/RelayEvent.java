package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.session.Signal;

/** Everything that can happen to a connection of this room, in the order its context sees it. */
sealed interface RelayEvent {

    /** The connection is up. */
    record Opened() implements RelayEvent {}

    record Said(RelayCommand command) implements RelayEvent {}

    /** What came is no message; nothing behind it can be trusted. */
    record Malformed(String problem) implements RelayEvent {}

    /** Answer to {@link RelayEffect.Decide}. */
    record Admitted(Admission admission, SessionAddress self) implements RelayEvent {}

    /** Answer to {@link RelayEffect.Decide} or {@link RelayEffect.Ask}: no. */
    record Refused(RelayClose reason) implements RelayEvent {}

    /** Answer to {@link RelayEffect.Ask}: the client may have a host. */
    record Allowed(Party self) implements RelayEvent {}

    /** Another session's word. */
    record Signalled(Signal signal) implements RelayEvent {}

    /** Something to announce on this command connection. */
    record Announced(RelayReply reply) implements RelayEvent {}

    record TimedOut(RelayTimer timer) implements RelayEvent {}

    /** The peer sends no more; what it sent before may wait yet. */
    record InputClosed() implements RelayEvent {}

    /** The peer sends no more, and all it sent is with the partner. */
    record InputDrained() implements RelayEvent {}

    /** The partner sends no more. */
    record PartnerFinished() implements RelayEvent {}

    /** The broker ends this session. */
    record Evicted(RelayClose reason) implements RelayEvent {}

    /** The connection is gone. */
    record Disconnected() implements RelayEvent {}

    /**
     * A host that may serve.
     *
     * @param number the session's for the wire, unique in the cluster
     * @param relayHost where clients connect, as the host is told
     */
    record Admission(HostKey key, int number, String relayHost, String relayPort) {}
}
