package io.bridgehead.broker.relay;

import java.time.Duration;

/**
 * How long the room waits for what. Immutable, any thread.
 *
 * @param hello for a host's first word
 * @param host for a host, when a client has come
 * @param halfClose for something in one direction, after the other has ended
 * @param legacyDrain the same for late bytes of a host that cannot tell half a close from a whole one
 */
record SessionTimes(Duration hello, Duration host, Duration halfClose, Duration legacyDrain) {}
