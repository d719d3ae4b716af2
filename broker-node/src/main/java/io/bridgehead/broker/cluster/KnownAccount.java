package io.bridgehead.broker.cluster;

import io.bridgehead.broker.account.Subscription;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A row of the map {@code subscriptions}: the newest known state of an account, and the PIN that was verified last.
 * Immutable.
 */
record KnownAccount(Optional<Subscription> state, Optional<RememberedPin> pin) {

    static KnownAccount of(Subscription state) {
        return new KnownAccount(Optional.of(state), Optional.empty());
    }

    static KnownAccount of(RememberedPin pin) {
        return new KnownAccount(Optional.empty(), Optional.of(pin));
    }

    /**
     * What two rows know together: the newest state, this one's of the same epoch, and the latest PIN unless the
     * account has changed since. In whatever order, and however often, the same comes out.
     */
    KnownAccount joined(KnownAccount other) {
        Optional<Subscription> newest = Stream.concat(state.stream(), other.state.stream())
                .reduce((own, offered) -> offered.epoch() > own.epoch() ? offered : own);
        Optional<RememberedPin> latest = Stream.concat(pin.stream(), other.pin.stream())
                .reduce(RememberedPin::laterOf)
                .filter(kept -> newest.isEmpty() || kept.epoch() >= newest.get().epoch());
        return new KnownAccount(newest, latest);
    }
}
