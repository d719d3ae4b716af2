package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.CallId;
import java.time.Instant;

/** A bridge, for the operator: display names of both ends. Immutable, any thread. */
public record BridgeInfo(CallId call, String caller, String callee, Instant since) {}
