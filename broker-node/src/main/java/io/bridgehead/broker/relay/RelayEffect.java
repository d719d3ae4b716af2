package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.session.Signal;
import java.time.Duration;

/** Everything a connection of this room can want done, carried out in order by its driver. */
sealed interface RelayEffect {

    record Write(RelayReply reply) implements RelayEffect {}

    /** Decide on a host's Hello. Answer: {@link RelayEvent.Admitted} or {@link RelayEvent.Refused}. */
    record Decide(RelayCommand.Hello hello) implements RelayEffect {}

    /** Ask the policy about this client. Answer: {@link RelayEvent.Allowed} or {@link RelayEvent.Refused}. */
    record Ask() implements RelayEffect {}

    /** This data connection waits for a client. */
    record Offer(HostKey key) implements RelayEffect {}

    /** This command connection is that host's. */
    record Listen(HostKey key) implements RelayEffect {}

    /** This client waits for a host; one that did not come to anything is followed by the next. */
    record Queue(Party self) implements RelayEffect {}

    /** The desk need not think of this connection any more. */
    record Forget() implements RelayEffect {}

    /** The client has its host. */
    record Served() implements RelayEffect {}

    /** Tell the host, on its command connection, wherever that is. */
    record Announce(HostKey key, RelayReply reply) implements RelayEffect {}

    /** Tell another session. */
    record Tell(SessionAddress to, Signal signal) implements RelayEffect {}

    /** From here on the peer's bytes are the partner's. */
    record Splice(CallId call, Party own, Party partner, boolean caller) implements RelayEffect {}

    /** The pipe is over. What was taken from the peer still arrives. */
    record Unsplice() implements RelayEffect {}

    /** The partner is to hear that this end sends no more. */
    record FinishPartner() implements RelayEffect {}

    /** The peer is to hear that nothing more comes. */
    record FinishPeer() implements RelayEffect {}

    /** Close when what was written before is out. */
    record Close(RelayClose reason) implements RelayEffect {}

    record StartTimer(RelayTimer timer, Duration after) implements RelayEffect {}

    record StopTimer(RelayTimer timer) implements RelayEffect {}
}
