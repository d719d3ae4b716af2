package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.CallId;
import java.time.Instant;

/**
 * What an operator sees of a bridge. Immutable, any thread.
 *
 * @param call the call it grew from
 * @param caller display name of the end that called
 * @param callee display name of the end that was called
 * @param since when it was made
 */
public record BridgeInfo(CallId call, String caller, String callee, Instant since) {}
