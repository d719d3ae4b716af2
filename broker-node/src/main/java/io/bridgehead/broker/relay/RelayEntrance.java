package io.bridgehead.broker.relay;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Decides who comes in: a host by its Hello, a client by the policy. Any thread. */
final class RelayEntrance {

    private final Map<String, ServiceGuard> services;
    private final RelayDesk desk;
    private final Optional<RelayService> anonymous;
    private final SessionNumbers numbers;
    private final ToIntFunction<String> clientPorts;
    private final RelayPolicy policy;

    /**
     * @param services by name
     * @param clientPorts where a service's clients connect on this node; 0: nowhere
     */
    RelayEntrance(
            Map<String, ServiceGuard> services,
            RelayDesk desk,
            SessionNumbers numbers,
            ToIntFunction<String> clientPorts,
            RelayPolicy policy) {
        this.services = Map.copyOf(services);
        this.desk = desk;
        this.anonymous = services.values().stream()
                .map(ServiceGuard::service)
                .filter(RelayService::anonymous)
                .findFirst();
        this.numbers = numbers;
        this.clientPorts = clientPorts;
        this.policy = policy;
    }

    /** Whom a host serves that says nothing of itself. */
    Optional<HostKey> anonymous(String address) {
        return anonymous.map(service -> HostKey.anonymous(service.name(), address));
    }

    RelayEvent decide(RelayCommand.Hello hello, RelayKind kind, RelayDriver<?> driver) {
        Optional<RelayService> service = hello.service().map(services::get).map(ServiceGuard::service).or(() ->
                hello.service().isPresent() ? Optional.empty() : anonymous);
        if (service.filter(known -> known.admits(hello.token())).isEmpty()) {
            return new RelayEvent.Refused(RelayClose.WRONG_TOKEN);
        }
        // first: when the owner is barred behind this look, the connection is found
        driver.serves(service.get().name());
        if (!services.get(service.get().name()).isOpen()) {
            return new RelayEvent.Refused(RelayClose.OWNER_BARRED);
        }
        HostKey key = hello.hostId()
                .map(id -> new HostKey(service.get().name(), id))
                .orElseGet(() -> HostKey.anonymous(service.get().name(), driver.remoteAddress()));
        Optional<Integer> number = kind == RelayKind.HOST ? numbers.take() : Optional.of(0);
        return number.<RelayEvent>map(own -> new RelayEvent.Admitted(
                        new RelayEvent.Admission(
                                key,
                                own,
                                driver.door().localAddress(),
                                Integer.toString(clientPorts.applyAsInt(key.service()))),
                        driver.address()))
                .orElseGet(() -> new RelayEvent.Refused(RelayClose.FULL));
    }

    /** The guard of what the connection serves or wants; empty: of nothing yet. */
    Optional<ServiceGuard> guard(String service) {
        return Optional.ofNullable(services.get(service));
    }

    /** A client that has {@linkplain ServiceGuard#enter entered}. */
    Future<RelayEvent> ask(RelayDriver<?> client) {
        RelayService service = services.get(client.door().service()).service();
        return full(service)
                .compose(full -> full
                        ? Future.succeededFuture(Optional.of(RelayClose.TOO_MANY))
                        : policy.ask(service, client.id(), client.remoteAddress()))
                .map(refusal -> refusal
                        .<RelayEvent>map(RelayEvent.Refused::new)
                        .orElseGet(() -> new RelayEvent.Allowed(client.party())));
    }

    private Future<Boolean> full(RelayService service) {
        int max = service.rules().maxClients();
        return max == 0
                ? Future.succeededFuture(false)
                : desk.clients(service.name()).map(clients -> clients >= max);
    }

    /** The client is over, or waits for no answer any more. */
    void left(RelayDriver<?> client) {
        services.get(client.door().service()).leave();
        policy.left(client.id());
    }

    /** The connection of this number is over. */
    void over(int number) {
        numbers.giveBack(number);
    }
}
