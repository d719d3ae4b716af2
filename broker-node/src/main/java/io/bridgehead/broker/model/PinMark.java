package io.bridgehead.broker.model;

/**
 * Tells one PIN setting of an account from another, and says nothing of the PIN: the same PIN set again has another
 * mark. Immutable, any thread.
 */
public record PinMark(long number) {}
