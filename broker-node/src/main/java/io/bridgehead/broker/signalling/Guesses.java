package io.bridgehead.broker.signalling;

import io.bridgehead.broker.account.AddressAttempts;
import io.bridgehead.broker.account.LocalAddressAttempts;
import io.vertx.core.Future;
import java.util.function.LongSupplier;

/**
 * Counts wrong tokens, secrets, passphrases and join tokens by address, over all nodes. This node counts its own at
 * once, so that a burst here gains nothing; while the cluster cannot be asked, that count alone decides, and peers still
 * come back after a node was lost. Any thread.
 */
final class Guesses {

    private final AddressAttempts here;
    private final AddressAttempts everywhere;
    private final RefusalAudit audit;

    Guesses(int limit, LongSupplier nanoTime, AddressAttempts everywhere, RefusalAudit audit) {
        this.here = new LocalAddressAttempts(limit, nanoTime);
        this.everywhere = everywhere;
        this.audit = audit;
    }

    /** False: the address must wait, and whatever it shows is not looked at. Never fails. */
    Future<Boolean> mayGuess(String address) {
        Future<Boolean> may = isExhausted(address)
                ? Future.succeededFuture(false)
                : everywhere.mayGuess(address).otherwise(true).map(cluster -> cluster && !isExhausted(address));
        return may.onSuccess(allowed -> {
            if (!allowed) {
                audit.note(RefusalAudit.Kind.OVER_LIMIT, address);
            }
        });
    }

    private boolean isExhausted(String address) {
        return here.isExhausted(address) || everywhere.isExhausted(address);
    }

    /** It was wrong. */
    void failed(RefusalAudit.Kind kind, String address) {
        audit.note(kind, address);
        here.failed(address);
        everywhere.failed(address).onFailure(uncounted -> audit.note(RefusalAudit.Kind.UNCOUNTED, address));
    }
}
