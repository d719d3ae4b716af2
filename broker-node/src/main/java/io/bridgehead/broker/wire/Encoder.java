package io.bridgehead.broker.wire;

import java.util.List;

/**
 * Turns a room's replies into text, one entry a line, without line ends: what a line end is, the transport knows. Any
 * thread; no I/O.
 *
 * @param <R> the room's replies
 */
public interface Encoder<R> {

    List<String> lines(R reply);
}
