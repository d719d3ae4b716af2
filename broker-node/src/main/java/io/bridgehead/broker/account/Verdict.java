package io.bridgehead.broker.account;

import io.bridgehead.broker.model.Entitlement;
import java.time.Duration;

/** What the account service says to somebody who wants in. Expected outcomes are values, never exceptions. */
public sealed interface Verdict {

    /** In. */
    record Admitted(Entitlement entitlement) implements Verdict {}

    /** No such account. With {@code accounts.require-pin} a wrong PIN is told in the same words and time. */
    record NoAccount() implements Verdict {}

    /** The paid time is over. */
    record Expired() implements Verdict {}

    /** Banned by the operator. */
    record Banned() implements Verdict {}

    /** The account has a PIN and it was not this one, or none was given. */
    record WrongPin() implements Verdict {}

    /** Too many wrong PINs for this account or from this address; nothing was checked. */
    record TooManyAttempts() implements Verdict {}

    /** Database, registry or admission queue cannot answer now. {@code after} is a jittered hint. */
    record TryAgain(Duration after) implements Verdict {}
}
