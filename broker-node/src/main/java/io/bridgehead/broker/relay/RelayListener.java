package io.bridgehead.broker.relay;

import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.BridgeConfig;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.RelayConfig;
import io.bridgehead.broker.listener.AcceptedTcp;
import io.bridgehead.broker.listener.AddressBlock;
import io.bridgehead.broker.listener.Doors;
import io.bridgehead.broker.listener.ListenerKey;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.listener.TcpListener;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.presence.ServerRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The relay room: its three kinds of door, and the way from a door to a session and between sessions. Any thread. */
public final class RelayListener implements Doors {

    /** A door for clients, and whose. */
    private record ClientDoor(Endpoint endpoint, String service) {}

    private final boolean open;
    private final List<ClientDoor> clientDoors;
    private final TcpListener hosts;
    private final TcpListener commands;
    private final TcpListener clients;
    private final TcpListener named;
    /** Services by the name in the TLS hand-shake. */
    private final Map<String, String> names;
    private final List<ServiceGuard> guards;
    private final SessionNumbers numbers;
    private final RelayDesk desk;
    private final Consents consents;
    private final RelayRoom room;
    private final HostSession hostSession;
    private final CommandSession commandSession;
    private final ClientSession clientSession;

    /** The actual ports, once they are open: whose clients come there. */
    private volatile Map<Integer, String> clientPorts = Map.of();

    private volatile List<Integer> namedPorts = List.of();

    public RelayListener(
            Vertx vertx,
            RelayConfig config,
            BridgeConfig bridge,
            NodeId node,
            SessionHost host,
            NodeBus bus,
            ServerRegistry registry,
            Meters meters,
            SecureRandom random) {
        this.open = !config.services().isEmpty();
        this.clientDoors = clientDoors(config);
        Map<String, RelayService> services = services(config);
        this.numbers = new SessionNumbers(registry, random::nextInt);
        RelayMeters counted = new RelayMeters(meters, services.keySet());
        this.desk = new RelayDesk(
                node, bus, host.switchboard(), host.sessions(), host.nodeLoop(), services, counted, System::nanoTime);
        this.consents = new Consents(node, bus, host, config.consentWait(), random::nextInt, System::nanoTime);
        Map<String, ServiceGuard> guarded = guarded(services, host);
        this.guards = List.copyOf(guarded.values());
        this.names = names(config);
        SessionTimes times = new SessionTimes(
                config.listener().handshakeTimeout(), config.hostWait(), config.halfClose(), config.drain());
        this.room = new RelayRoom(
                host, config.listener(), bridge, times, desk,
                new RelayEntrance(guarded, desk, numbers, this::clientPort, consents), counted);
        this.hostSession = new HostSession(times);
        this.commandSession = new CommandSession(times);
        this.clientSession = new ClientSession(times);
        this.hosts = new TcpListener(
                vertx, ListenerKey.RELAY_HOSTS, config.hosts(), config.listener(), meters, this::hostCame);
        this.commands = new TcpListener(
                vertx, ListenerKey.RELAY_COMMANDS, config.commands(), config.listener(), meters, this::commandCame);
        this.clients = new TcpListener(
                vertx, ListenerKey.RELAY_CLIENTS, clientDoors.stream().map(ClientDoor::endpoint).toList(),
                config.listener(), meters, this::clientCame);
        this.named = new TcpListener(
                vertx, ListenerKey.RELAY_SNI, config.sni().listen(), config.listener().with(config.sni().tls()), meters,
                this::namedCame);
    }

    private static Map<String, ServiceGuard> guarded(Map<String, RelayService> services, SessionHost host) {
        Map<String, ServiceGuard> guarded = new HashMap<>();
        services.forEach((name, service) -> guarded.put(name, new ServiceGuard(
                service,
                service.rules().owner().map(owner -> new OwnerWatch(
                        name,
                        owner,
                        host.newAddress(host.nodeLoop()),
                        host.switchboard(),
                        host.nodeLoop(),
                        host.clock().instant(),
                        () -> endAll(name, host))),
                System::nanoTime)));
        return guarded;
    }

    /** Hosts, waiting clients, pipes: whatever of the service is on this node. */
    private static void endAll(String service, SessionHost host) {
        host.sessions().all().forEach(session -> {
            if (session instanceof RelayDriver<?> connection && connection.service().equals(service)) {
                connection.end(RelayClose.OWNER_BARRED);
            }
        });
    }

    private static Map<String, String> names(RelayConfig config) {
        Map<String, String> names = new HashMap<>();
        config.services().forEach((service, settings) ->
                settings.rules().sni().forEach(name -> names.put(name, service)));
        return Map.copyOf(names);
    }

    /** The common door is the anonymous service's, or the only one's; each other service has its own, or none. */
    private static List<ClientDoor> clientDoors(RelayConfig config) {
        List<ClientDoor> doors = new ArrayList<>();
        config.commonService().ifPresent(service ->
                config.clients().forEach(endpoint -> doors.add(new ClientDoor(endpoint, service))));
        config.services().forEach((name, service) ->
                service.listen().forEach(endpoint -> doors.add(new ClientDoor(endpoint, name))));
        return doors;
    }

    private Map<String, RelayService> services(RelayConfig config) {
        Map<String, RelayService> services = new HashMap<>();
        config.services().forEach((name, service) -> services.put(name, new RelayService(
                name,
                TokenHash.parse(service.token()),
                name.equals(config.anonymousService()),
                Spread.valueOf(service.spread().name()),
                rules(service.rules()))));
        return services;
    }

    private static ServiceRules rules(RelayConfig.Rules rules) {
        return new ServiceRules(
                rules.allow().stream().map(AddressBlock::parse).toList(),
                rules.maxConnections(),
                rules.maxBytesPerSecond(),
                rules.idleTimeout(),
                ServiceRules.Preamble.valueOf(rules.proxyProtocol().name()),
                rules.owner(),
                ServiceRules.Consent.valueOf(rules.consent().name()),
                rules.consentFor());
    }

    /** Listens; the actual ports. Without a service nothing is opened. Fails with a {@code ListenFailure}. */
    public Future<Ports> start() {
        if (!open) {
            return Future.succeededFuture(new Ports(List.of(), List.of(), List.of(), List.of()));
        }
        desk.start();
        return numbers.start()
                .compose(claimed -> owners())
                .compose(asked -> named.start())
                .compose(namedPorts -> {
                    this.namedPorts = namedPorts;
                    return clients.start();
                })
                .compose(clientPorts -> {
                    this.clientPorts = byPort(clientPorts);
                    return hosts.start().compose(hostPorts -> commands.start()
                            .map(commandPorts -> new Ports(hostPorts, commandPorts, clientPorts, namedPorts)));
                });
    }

    private Future<Void> owners() {
        return Future.join(guards.stream()
                        .flatMap(guard -> guard.owner().stream())
                        .map(OwnerWatch::start)
                        .toList())
                .mapEmpty();
    }

    private Map<Integer, String> byPort(List<Integer> ports) {
        Map<Integer, String> services = new HashMap<>();
        for (int at = 0; at < ports.size(); at++) {
            services.put(ports.get(at), clientDoors.get(at).service());
        }
        return Map.copyOf(services);
    }

    /** The actual ports, in the order of the configured endpoints; clients' common ones before the services' own. */
    public record Ports(List<Integer> hosts, List<Integer> commands, List<Integer> clients, List<Integer> sni) {}

    // ---- connections

    private void hostCame(AcceptedTcp accepted) {
        accepted.probeSoon();
        new RelayDriver<HostState>(
                        room, RelayKind.HOST, hostSession, new HostState.Greeting(), door(accepted, ""), accepted)
                .start();
    }

    private void commandCame(AcceptedTcp accepted) {
        accepted.probeSoon();
        new RelayDriver<CommandState>(
                        room, RelayKind.COMMAND, commandSession,
                        new CommandState.Silent(room.entrance().anonymous(accepted.address())),
                        door(accepted, ""), accepted)
                .start();
    }

    private void clientCame(AcceptedTcp accepted) {
        Optional<String> service = Optional.ofNullable(clientPorts.get(accepted.socket().localAddress().port()));
        if (service.isEmpty()) {
            // it came while the doors were being opened
            accepted.socket().close();
            return;
        }
        clientCame(accepted, service.get());
    }

    private void namedCame(AcceptedTcp accepted) {
        Optional<String> service = ServerName.of(accepted).map(names::get);
        if (service.isEmpty()) {
            room.meters().closed(RelayKind.CLIENT, RelayClose.UNKNOWN_NAME);
            accepted.socket().close();
            return;
        }
        clientCame(accepted, service.get());
    }

    private void clientCame(AcceptedTcp accepted, String service) {
        new RelayDriver<ClientState>(
                        room, RelayKind.CLIENT, clientSession, new ClientState.Asking(),
                        door(accepted, service), accepted)
                .start();
    }

    private RelayDoor door(AcceptedTcp accepted, String service) {
        return new RelayDoor(service, accepted.socket().localAddress().host());
    }

    /** Where a service's clients connect; 0: nowhere on this node. */
    private int clientPort(String service) {
        return clientPorts.entrySet().stream()
                .filter(each -> each.getValue().equals(service))
                .mapToInt(Map.Entry::getKey)
                .min()
                .orElse(names.containsValue(service) ? namedPorts.stream().findFirst().orElse(0) : 0);
    }

    // ---- other nodes

    /** What another node says. On the event loop that the message was addressed to. */
    public NodeBus.Answer received(NodeMessage.Relay message) {
        return RelayWordCodec.read(message.word())
                .map(desk::received)
                .or(() -> ConsentWordCodec.read(message.word()).map(consents::received))
                .orElse(NodeBus.Answer.NOT_HERE);
    }

    public void nodeGone(NodeId node) {
        desk.nodeGone(node);
        consents.nodeGone(node);
    }

    // ---- questions to owners

    /** Those that wait for an answer in the cluster. */
    public Future<PendingConsents> requests() {
        return consents.list();
    }

    /** An operator's answer in the owner's place; false: no such question waits on a node that can be reached. */
    public Future<Boolean> answer(String request, boolean yes) {
        return consents.answer(request, yes);
    }

    // ---- for the operator

    /** The cluster's hosts in order, behind the one that is {@code after}. */
    public Future<HostList> hosts(Optional<HostMark> after, int limit) {
        return desk.hosts(after.map(HostMark::key), limit);
    }

    public Future<List<ServiceStand>> services() {
        return desk.services();
    }

    /** Ends every connection of the host, on all nodes. */
    public Future<HostKick> kick(HostMark host) {
        return desk.kick(host.key());
    }

    // ---- the end

    @Override
    public Future<Void> stopAccepting() {
        return open
                ? Future.join(hosts.stopAccepting(), commands.stopAccepting(), clients.stopAccepting(), named.stopAccepting())
                        .mapEmpty()
                : Future.succeededFuture();
    }

    @Override
    public Future<Void> acceptAgain() {
        return open
                ? clients.acceptAgain()
                        .compose(opened -> named.acceptAgain())
                        .compose(opened -> hosts.acceptAgain())
                        .compose(opened -> commands.acceptAgain())
                        .recover(failure ->
                                stopAccepting().transform(closed -> Future.failedFuture(failure)))
                        .mapEmpty()
                : Future.succeededFuture();
    }

    @Override
    public int open() {
        return hosts.open() + commands.open() + clients.open() + named.open();
    }

    /** Looks at the certificates' files now. */
    public Future<Void> reloadCertificates() {
        return Future.join(hosts.reloadCertificate(), commands.reloadCertificate(), clients.reloadCertificate(),
                        named.reloadCertificate())
                .mapEmpty();
    }

    /** Closes everything. */
    public Future<Void> close() {
        desk.stop();
        guards.forEach(guard -> guard.owner().ifPresent(OwnerWatch::close));
        return Future.join(hosts.close(), commands.close(), clients.close(), named.close()).mapEmpty();
    }
}
