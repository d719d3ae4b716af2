package io.bridgehead.broker.relay;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** How one service stands on this node: its owner, its clients here, its share of bandwidth. Any thread. */
final class ServiceGuard {

    private final RelayService service;
    private final Optional<OwnerWatch> owner;
    private final RateLimit rate;
    private final AtomicInteger clients = new AtomicInteger();

    ServiceGuard(RelayService service, Optional<OwnerWatch> owner, LongSupplier nanoTime) {
        this.service = service;
        this.owner = owner;
        this.rate = new RateLimit(service.rules().bytesPerSecond(), nanoTime);
    }

    RelayService service() {
        return service;
    }

    Optional<OwnerWatch> owner() {
        return owner;
    }

    RateLimit rate() {
        return rate;
    }

    /** Whether hosts and clients may come. */
    boolean isOpen() {
        return owner.map(OwnerWatch::stands).orElse(true);
    }

    /** Empty: the client is in as far as this node knows, and counts until it {@linkplain #leave leaves}. */
    Optional<RelayClose> enter(String clientAddress) {
        if (!isOpen()) {
            return Optional.of(RelayClose.OWNER_BARRED);
        }
        if (!service.rules().allows(clientAddress)) {
            return Optional.of(RelayClose.NOT_ALLOWED);
        }
        int max = service.rules().maxClients();
        if (clients.incrementAndGet() > max && max > 0) {
            clients.decrementAndGet();
            return Optional.of(RelayClose.TOO_MANY);
        }
        return Optional.empty();
    }

    void leave() {
        clients.decrementAndGet();
    }
}
