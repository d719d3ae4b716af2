package io.bridgehead.broker.account;

import java.time.Duration;

/** What became of comparing a PIN with a hash. */
public sealed interface PinCheck {

    record Right() implements PinCheck {}

    record Wrong() implements PinCheck {}

    /** Nothing was compared: meanwhile nobody wanted to know any more. */
    record Dropped() implements PinCheck {}

    /** Nothing was compared: the queue is full. {@code after} is a jittered hint. */
    record Busy(Duration after) implements PinCheck {}
}
