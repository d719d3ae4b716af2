package io.bridgehead.broker.hostagent;

import java.time.Duration;

/** Everything a pool can want done, in order. A relay is its number in the configuration. */
sealed interface PoolEffect {

    /** Open the command connection. Answer: {@link PoolState#commandUp} or {@link PoolState#commandLost}. */
    record DialCommand(int relay) implements PoolEffect {}

    /** The command connection is not needed any more. Nothing is answered. */
    record CloseCommand(int relay) implements PoolEffect {}

    /** Open a data connection. Answer: {@link PoolState#opened} or {@link PoolState#lost}. */
    record DialData(int relay, long connection) implements PoolEffect {}

    /** The connection is not needed any more, whatever it does. Nothing is answered. */
    record CloseData(long connection) implements PoolEffect {}

    /** It has a client: connect it to the target, unless that has begun. Answer: {@link PoolState#ended}. */
    record Serve(long connection) implements PoolEffect {}

    /** Its client has gone: once its last bytes are with the target, nobody waits for an answer. */
    record ClientGone(long connection) implements PoolEffect {}

    /** After that time {@link PoolState#retry}; not again before. */
    record RetryAfter(int relay, Duration time) implements PoolEffect {}

    /** Nothing of the pool is left. The last effect, after {@link PoolState#drain}. */
    record Drained() implements PoolEffect {}
}
