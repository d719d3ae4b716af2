package io.bridgehead.broker.relay;

import java.time.Instant;

/**
 * A question to a service's owner that waits for its answer, as an operator sees it. Immutable, any thread.
 *
 * @param id what the owner is told, and what the API takes
 * @param client its address
 * @param node where the client is
 * @param asked whether a session of the owner was asked
 */
public record PendingConsent(
        String id, String service, String client, String owner, String node, Instant since, boolean asked) {}
