package io.bridgehead.broker.listener;

import io.bridgehead.broker.session.Session;
import io.bridgehead.broker.wire.Decoder;
import io.bridgehead.broker.wire.Encoder;
import java.util.function.Supplier;

/**
 * What the driver needs to know of a room: its protocol as a function, and its codec. Immutable, any thread.
 *
 * @param <S> its states
 * @param <C> its commands
 * @param <R> its replies
 */
public record Room<S, C, R>(Session<S, C, R> session, Supplier<Decoder<C>> decoders, Encoder<R> encoder) {}
