package io.bridgehead.broker.listener;

import java.util.function.BooleanSupplier;

/**
 * One thing that must hold for this node to be given clients.
 *
 * @param name as shown, such as {@code started}, {@code store}, {@code not-draining}
 * @param holds asked on an event loop at each probe: must answer at once, from memory
 */
public record Readiness(String name, BooleanSupplier holds) {}
