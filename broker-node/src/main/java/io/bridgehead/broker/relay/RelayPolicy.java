package io.bridgehead.broker.relay;

import io.vertx.core.Future;
import java.util.Optional;

/** Whether a client may have a host of a service. Asked once for each client, before it waits. Any thread. */
@FunctionalInterface
interface RelayPolicy {

    /** Everybody may. */
    RelayPolicy OPEN = (service, clientAddress) -> Future.succeededFuture(Optional.empty());

    /**
     * Empty: it may. A failed future means no. The client waits for the answer for at most {@code relay.wait}, its host
     * included.
     *
     * @param clientAddress without port
     */
    Future<Optional<RelayClose>> ask(RelayService service, String clientAddress);
}
