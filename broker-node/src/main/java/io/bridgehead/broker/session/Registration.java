package io.bridgehead.broker.session;

import io.bridgehead.broker.model.Entitlement;
import java.time.Duration;

/** How an attempt to register ended. */
public sealed interface Registration {

    /** In, and claimed in the presence registry. */
    record Registered(Entitlement entitlement) implements Registration {}

    /** Refused for good: the client must change something. */
    record Refused(Refusal refusal) implements Registration {}

    /** Nobody could decide now. {@code after} is a jittered hint. */
    record TryAgain(Duration after) implements Registration {}

    /** Why a registration is refused. */
    enum Refusal {
        NO_ACCOUNT,
        EXPIRED,
        BANNED,
        WRONG_PIN,
        TOO_MANY_ATTEMPTS,
        NO_ACCOUNT_OR_WRONG_PIN
    }
}
