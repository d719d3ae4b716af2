package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import java.util.Optional;

/** Whether a client may have a host of a service. Asked once for each client, before it waits. Any thread. */
interface RelayPolicy {

    /**
     * Empty: it may. A failed future means no. Answers in a time of its own; the client's {@code relay.wait} begins
     * behind it.
     *
     * @param clientAddress without port
     */
    Future<Optional<RelayClose>> ask(RelayService service, SessionId client, String clientAddress);

    /** The client does not wait for the answer any more. */
    void left(SessionId client);
}
