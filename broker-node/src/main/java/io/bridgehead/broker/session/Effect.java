package io.bridgehead.broker.session;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import java.time.Duration;

/**
 * Everything a session can want done, carried out in order by its driver.
 *
 * @param <R> the room's replies
 */
public sealed interface Effect<R> {

    /** Write this to the client. */
    record Reply<R>(R reply) implements Effect<R> {}

    /** Close the connection when what was written before is out. The last effect of a session. */
    record Close<R>(CloseReason reason) implements Effect<R> {}

    /** Decide on these credentials and claim presence; input waits. Answer: {@link Event.RegistrationDecided}. */
    record Register<R>(Credentials credentials) implements Effect<R> {}

    /** Give up the presence this session holds. */
    record Unregister<R>(AccountId account) implements Effect<R> {}

    /**
     * Find {@code callee} and ring. Answer: {@link Event.Ringing}, or {@link Signal.Answered}; none when the session no
     * longer {@linkplain Session#calls calls} by then.
     */
    record Ring<R>(CallId call, Party caller, AccountId callee) implements Effect<R> {}

    /** Tell another session. */
    record Tell<R>(SessionAddress to, Signal signal) implements Effect<R> {}

    /** Ask {@code caller} for its last word; input waits until {@link Signal.Confirmed} or {@link Signal.Gone}. */
    record Accept<R>(CallId call, Party caller, Party callee) implements Effect<R> {}

    /** From here on the client's bytes are the partner's. {@code caller}: whether this end made the call. */
    record Splice<R>(CallId call, Party partner, boolean caller) implements Effect<R> {}

    /** From here on the client's bytes are commands again. What was taken from it for the partner still arrives. */
    record Unsplice<R>(CallId call) implements Effect<R> {}

    /** List the registered users. Answer: {@link Event.Listed}. */
    record ListUsers<R>() implements Effect<R> {}

    /** Keep the visibility with the account. Answer: {@link Event.VisibilitySet}. */
    record SetVisible<R>(AccountId account, boolean visible) implements Effect<R> {}

    /**
     * Look up what the registered account may do now. Answer: {@link Event.Described}, with {@code written}, the id as
     * the client wrote it.
     */
    record Describe<R>(AccountId account, String written) implements Effect<R> {}

    /** Start the timer; a running one starts afresh. */
    record StartTimer<R>(Timer timer, Duration after) implements Effect<R> {}

    /** Stop the timer; harmless when it does not run. */
    record StopTimer<R>(Timer timer) implements Effect<R> {}
}
