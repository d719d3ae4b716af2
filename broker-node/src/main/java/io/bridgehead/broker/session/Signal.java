package io.bridgehead.broker.session;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;

/**
 * What one session tells another, on this node or on another one: the events that cross nodes. Every signal names the
 * call it belongs to, and is harmless when that call is over (a signal may be late, or come twice).
 */
public sealed interface Signal {

    CallId call();

    /** To the callee: {@code caller} wants a bridge. */
    record Rung(CallId call, Party caller) implements Signal {}

    /**
     * To the callee: {@code asker} wants a yes or a no, and no bridge comes of it: {@link Consented}, or
     * {@link Answered}.
     *
     * @param about one line for the callee
     */
    record Asked(CallId call, Party asker, String about) implements Signal {}

    /** To the asker: yes. */
    record Consented(CallId call) implements Signal {}

    /** To the callee: the caller is no longer interested, or gone. */
    record Withdrawn(CallId call) implements Signal {}

    /** To the caller: there will be no bridge. */
    record Answered(CallId call, CallOutcome outcome) implements Signal {}

    /** To the caller: the callee said yes. The caller has the last word: {@link Confirmed} or {@link Gone}. */
    record Accepted(CallId call, Party callee) implements Signal {}

    /** To the callee: the caller is in; the bridge exists. */
    record Confirmed(CallId call) implements Signal {}

    /** To the callee: the caller has gone or chosen otherwise; there is no bridge. */
    record Gone(CallId call) implements Signal {}

    /** To the other end of a bridge: it is over. */
    record Ended(CallId call) implements Signal {}
}
