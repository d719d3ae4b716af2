package io.bridgehead.broker.relay;

import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.relay.HostRows.There;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the clients and the hosts of this node are brought together, and with those of other nodes.
 *
 * <p>Each node's desk owns its own hosts, on one thread: what it gives away it gives once. Desks tell each other how many
 * of which host wait, every second and when it changes; a client's desk picks a host by that and claims it of its owner,
 * who may say no, for the picture is a little old.
 *
 * <p>Everything runs on the node's own event loop, where other nodes' words arrive; other threads post.
 */
final class RelayDesk {

    private static final Logger LOG = LoggerFactory.getLogger(RelayDesk.class);

    private static final Duration TICK = Duration.ofSeconds(1);

    /** Changes of so long go out together. */
    private static final Duration GATHER = Duration.ofMillis(5);

    /** A host that was rung and has not answered by then is not waited for. */
    private static final Duration ANSWER = Duration.ofSeconds(3);

    /** Command connections of hosts without a name behind one address; the oldest gives way. */
    private static final int MAX_CHANNELS = 32;

    /** A host that comes again dials its data connections and its command connection in any order. */
    private static final Duration TOGETHER = Duration.ofSeconds(5);

    private static final Comparator<HostKey> ORDER =
            Comparator.comparing(HostKey::service).thenComparing(HostKey::id);

    private static final Deque<RelayDriver<?>> NOBODY = new ArrayDeque<>(0);

    private final NodeId self;
    private final NodeBus bus;
    private final Switchboard switchboard;
    private final LocalSessions sessions;
    private final EventLoop loop;
    private final Map<String, RelayService> services;
    private final RelayMeters meters;
    private final LongSupplier nanoTime;
    private final HostPool pool = new HostPool();
    private final HostRows others = new HostRows();
    private final HostHealth health = new HostHealth();
    private final UntoldNews untold = new UntoldNews();
    private final Map<String, ClientLine> lines = new HashMap<>();
    private final Map<HostKey, Deque<RelayDriver<?>>> channels = new HashMap<>();
    private final Map<SessionId, HostKey> channelKeys = new HashMap<>();
    private ScheduledFuture<?> ticker;
    private boolean telling;

    /** @param loop the node's own event loop */
    RelayDesk(
            NodeId self,
            NodeBus bus,
            Switchboard switchboard,
            LocalSessions sessions,
            EventLoop loop,
            Map<String, RelayService> services,
            RelayMeters meters,
            LongSupplier nanoTime) {
        this.self = self;
        this.bus = bus;
        this.switchboard = switchboard;
        this.sessions = sessions;
        this.loop = loop;
        this.services = Map.copyOf(services);
        this.meters = meters;
        this.nanoTime = nanoTime;
        services.keySet().forEach(name -> lines.put(name, new ClientLine()));
    }

    void start() {
        ticker = loop.scheduleAtFixedRate(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop() {
        if (ticker != null) {
            ticker.cancel(false);
        }
    }

    // ---- from connections of this node; any thread

    /** The host's data connection waits for a client. */
    void offer(RelayDriver<?> host, HostKey key) {
        run(() -> {
            pool.offer(key, host.id(), nanoTime.getAsLong());
            pool.out(key, health.isOut(key));
            serve(key.service());
        });
    }

    /** The client waits for a host; the last one, if there was one, came to nothing. */
    void queue(RelayDriver<?> client, Party party, String service) {
        run(() -> {
            lines.get(service).join(party, client.remoteAddress());
            serve(service);
        });
    }

    /** How many clients of the service have a host of the cluster, as far as this node was told. */
    Future<Integer> clients(String service) {
        Promise<Integer> count = Promise.promise();
        run(() -> {
            long now = nanoTime.getAsLong();
            int here = pool.rows(now).stream()
                    .filter(row -> row.key().service().equals(service))
                    .mapToInt(HostRow::load)
                    .sum();
            count.complete(here + others.of(service, now).stream().mapToInt(there -> there.row().load()).sum());
        });
        return count.future();
    }

    void served(RelayDriver<?> client, String service) {
        run(() -> lines.get(service).leave(client.id()));
    }

    /** The command connection is this host's. The host's older one gives way, if the host has a name. */
    void listen(RelayDriver<?> channel, HostKey key) {
        run(() -> {
            if (key.isNamed() && (channels.containsKey(key) || !others.channelsOf(key).isEmpty())) {
                replaced(key);
                others.nodesOf(key).forEach(node -> send(node, new RelayWord.Replaced(key)));
            }
            Deque<RelayDriver<?>> all = channels.computeIfAbsent(key, each -> new ArrayDeque<>(1));
            all.add(channel);
            channelKeys.put(channel.id(), key);
            if (all.size() > MAX_CHANNELS) {
                all.peek().end(RelayClose.REPLACED);
                dropChannel(all.peek().id());
            }
            pool.channels(key, all.size());
            untold.take(key).forEach(channel::announce);
        });
    }

    /** The connection is nobody's any more: not waiting, not in use, not listening. */
    void forget(SessionId session, String service) {
        run(() -> {
            pool.forget(session);
            dropChannel(session);
            Optional.ofNullable(lines.get(service)).ifPresent(line -> line.leave(session));
        });
    }

    /** A connection of the host ended at once after it had got a client, and had sent nothing. */
    void dropped(HostKey key) {
        run(() -> {
            if (health.dropped(key, nanoTime.getAsLong())) {
                pool.out(key, true);
                meters.hostOut();
                LOG.atWarn()
                        .addKeyValue("service", key.service())
                        .addKeyValue("host", key.id())
                        .log("host drops its clients at once: it gets none for {} s", HostHealth.OUT.toSeconds());
            }
        });
    }

    /** A client has heard from the host. */
    void heard(HostKey key) {
        run(() -> health.served(key));
    }

    /** Tells the host on its command connections, wherever they are. */
    void announce(HostKey key, RelayReply reply) {
        run(() -> {
            List<NodeId> nodes = others.channelsOf(key);
            if (nodes.isEmpty() && !channels.containsKey(key)) {
                untold.keep(key, reply, nanoTime.getAsLong());
            } else {
                tell(key, reply, nodes);
            }
        });
    }

    private void tell(HostKey key, RelayReply reply, List<NodeId> nodes) {
        channels.getOrDefault(key, NOBODY).forEach(channel -> channel.announce(reply));
        nodes.forEach(node -> send(node, switch (reply) {
            case RelayReply.Opened(int session) -> new RelayWord.Announce(key, true, session);
            case RelayReply.Dropped(int session) -> new RelayWord.Announce(key, false, session);
            case RelayReply.Welcome w -> throw new IllegalArgumentException("announced: " + w);
        }));
    }

    // ---- from other nodes

    /** On the node's own event loop. */
    NodeBus.Answer received(RelayWord word) {
        return switch (word) {
            case RelayWord.Stand(NodeId from, List<HostRow> rows) -> {
                long now = nanoTime.getAsLong();
                others.heard(from, now);
                rows.forEach(row -> {
                    others.put(from, row, now);
                    if (row.channels() > 0) {
                        untold.take(row.key()).forEach(reply -> tell(row.key(), reply, List.of(from)));
                    }
                });
                rows.stream().map(row -> row.key().service()).distinct().forEach(this::serve);
                yield NodeBus.Answer.TAKEN;
            }
            case RelayWord.Claim(HostKey key, CallId call, Party client) -> {
                Optional<SessionId> host = pool.take(key);
                host.ifPresent(session -> ring(session, call, client));
                tellSoon();
                yield host.isPresent() ? NodeBus.Answer.TAKEN : NodeBus.Answer.NOT_HERE;
            }
            case RelayWord.Announce(HostKey key, boolean opened, int session) -> {
                RelayReply reply = opened ? new RelayReply.Opened(session) : new RelayReply.Dropped(session);
                channels.getOrDefault(key, NOBODY).forEach(channel -> channel.announce(reply));
                yield NodeBus.Answer.TAKEN;
            }
            case RelayWord.Kick(HostKey key) -> {
                boolean any = end(key);
                tellSoon();
                yield any ? NodeBus.Answer.TAKEN : NodeBus.Answer.NOT_HERE;
            }
            case RelayWord.Replaced(HostKey key) -> {
                replaced(key);
                tellSoon();
                yield NodeBus.Answer.TAKEN;
            }
        };
    }

    /** Any thread. */
    void nodeGone(NodeId node) {
        run(() -> others.gone(node));
    }

    // ---- for the operator; any thread

    /** The hosts of the cluster behind {@code after}, by what their desks last said. */
    Future<HostList> hosts(Optional<HostKey> after, int limit) {
        return answer(() -> {
            TreeMap<HostKey, List<There>> hosts = new TreeMap<>(ORDER);
            everywhere().forEach(there ->
                    hosts.computeIfAbsent(there.row().key(), key -> new ArrayList<>()).add(there));
            Map<HostKey, List<There>> behind = after.<Map<HostKey, List<There>>>map(key -> hosts.tailMap(key, false))
                    .orElse(hosts);
            List<HostStand> page = behind.entrySet().stream().limit(limit).map(RelayDesk::stand).toList();
            return new HostList(
                    page, behind.size() > page.size(), others.silent(bus.others(), nanoTime.getAsLong()));
        });
    }

    Future<List<ServiceStand>> services() {
        return answer(() -> {
            List<There> all = everywhere();
            return services.values().stream()
                    .sorted(Comparator.comparing(RelayService::name))
                    .map(service -> {
                        List<HostRow> own = all.stream()
                                .map(There::row)
                                .filter(row -> row.key().service().equals(service.name()))
                                .toList();
                        return new ServiceStand(
                                service.name(),
                                service.anonymous(),
                                service.spread().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                (int) own.stream().map(HostRow::key).distinct().count(),
                                own.stream().mapToInt(HostRow::waiting).sum(),
                                own.stream().mapToInt(HostRow::load).sum(),
                                lines.get(service.name()).size());
                    })
                    .toList();
        });
    }

    /** Ends every connection of the host, on all nodes; its clients' too. */
    Future<HostKick> kick(HostKey key) {
        Promise<Boolean> here = Promise.promise();
        run(() -> here.complete(end(key)));
        byte[] word = RelayWordCodec.write(new RelayWord.Kick(key));
        List<NodeId> nodes = List.copyOf(bus.others());
        List<Future<Optional<Boolean>>> answers = nodes.stream()
                .map(node -> bus.ask(LoopAddress.of(node), new NodeMessage.Relay(word))
                        .map(answer -> Optional.of(answer.equals(NodeBus.Answer.TAKEN)))
                        .otherwise(Optional.empty()))
                .toList();
        return here.future().compose(own -> Future.all(answers).map(all -> {
            List<Optional<Boolean>> told = all.list();
            List<NodeId> silent = IntStream.range(0, nodes.size())
                    .filter(at -> told.get(at).isEmpty())
                    .mapToObj(nodes::get)
                    .toList();
            return new HostKick(own || told.contains(Optional.of(true)), silent);
        }));
    }

    private boolean end(HostKey key) {
        List<RelayDriver<?>> commands = List.copyOf(channels.getOrDefault(key, NOBODY));
        commands.forEach(channel -> channel.end(RelayClose.KICKED));
        List<SessionId> data = pool.connections(key);
        data.forEach(session -> sessions.find(session).ifPresent(found -> found.evict(CloseReason.KICKED)));
        return !commands.isEmpty() || !data.isEmpty();
    }

    private List<There> everywhere() {
        long now = nanoTime.getAsLong();
        List<There> all = new ArrayList<>(others.all(now));
        pool.rows(now).forEach(row -> all.add(new There(self, row)));
        return all;
    }

    private static HostStand stand(Map.Entry<HostKey, List<There>> host) {
        return new HostStand(
                host.getKey().service(),
                host.getKey().id(),
                host.getValue().stream()
                        .sorted(Comparator.comparing(there -> there.node().name()))
                        .map(there -> new HostStand.OnNode(
                                there.node(), there.row().waiting(), there.row().waitedMillis(), there.row().load(),
                                there.row().channels()))
                        .toList());
    }

    private <T> Future<T> answer(Supplier<T> question) {
        Promise<T> answer = Promise.promise();
        loop.execute(() -> answer.complete(question.get()));
        return answer.future();
    }

    // ---- on the loop

    private void run(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            tellSoon();
        } else {
            loop.execute(() -> run(task));
        }
    }

    private void tick() {
        long now = nanoTime.getAsLong();
        others.expire(now);
        untold.expire(now);
        health.expire(now).forEach(key -> pool.out(key, false));
        tell(pool.rows(now), true);
        lines.forEach((service, line) -> meters.waiting(service, pool.waiting(service), line.size()));
        lines.forEach((service, line) -> {
            if (line.giveUp(now - ANSWER.toNanos()) || line.size() > 0) {
                serve(service);
            }
        });
    }

    /** Gives hosts to those who wait, in their order, while there are any. */
    private void serve(String service) {
        ClientLine line = lines.get(service);
        if (line == null) {
            return;
        }
        for (ClientLine.Place place : List.copyOf(line.places())) {
            if (place.waits() && !call(services.get(service), place)) {
                return;
            }
        }
    }

    /** Asks the best host for this client; false: there is none. */
    private boolean call(RelayService service, ClientLine.Place place) {
        long now = nanoTime.getAsLong();
        List<There> hosts = new ArrayList<>(others.of(service.name(), now));
        pool.rows(now).stream()
                .filter(row -> row.key().service().equals(service.name()))
                .forEach(row -> hosts.add(new There(self, row)));
        Optional<There> best = HostChoice.pick(service.spread(), place.address(), hosts);
        best.ifPresent(there -> claim(service.name(), there.node(), there.row().key(), place));
        return best.isPresent();
    }

    private void claim(String service, NodeId node, HostKey key, ClientLine.Place place) {
        CallId call = place.call(nanoTime.getAsLong());
        if (node.equals(self)) {
            ring(pool.take(key).orElseThrow(), call, place.client());
            return;
        }
        others.claimed(node, key, false);
        byte[] word = RelayWordCodec.write(new RelayWord.Claim(key, call, place.client()));
        bus.ask(LoopAddress.of(node), new NodeMessage.Relay(word))
                .onComplete(done -> run(() -> {
                    boolean rings = done.succeeded() && done.result().equals(NodeBus.Answer.TAKEN);
                    if (!rings && place.missed(call)) {
                        others.claimed(node, key, true);
                        serve(service);
                    }
                }));
    }

    private void ring(SessionId host, CallId call, Party client) {
        switchboard.tell(new SessionAddress(self, host), new Signal.Rung(call, client));
    }

    /**
     * The host's command connection here, and the data connections that wait since before, are a ghost's: it came again
     * while they seemed open. Should one of them live, it costs its host a reconnect. Who has a client keeps it.
     */
    private void replaced(HostKey key) {
        List.copyOf(channels.getOrDefault(key, NOBODY)).forEach(channel -> {
            channel.end(RelayClose.REPLACED);
            dropChannel(channel.id());
        });
        pool.waitingSince(key, nanoTime.getAsLong() - TOGETHER.toNanos()).forEach(this::replace);
    }

    private void replace(SessionId session) {
        pool.forget(session);
        if (sessions.find(session).orElse(null) instanceof RelayDriver<?> ghost) {
            ghost.end(RelayClose.REPLACED);
        }
    }

    private void dropChannel(SessionId session) {
        HostKey key = channelKeys.remove(session);
        if (key != null) {
            Deque<RelayDriver<?>> all = channels.get(key);
            all.removeIf(channel -> channel.id().equals(session));
            if (all.isEmpty()) {
                channels.remove(key);
            }
            pool.channels(key, all.size());
        }
    }

    // ---- to other nodes

    private void tellSoon() {
        if (!telling) {
            telling = true;
            loop.schedule(this::tellChanges, GATHER.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tellChanges() {
        telling = false;
        tell(pool.changes(nanoTime.getAsLong()), false);
    }

    /** {@code evenNone}: others are to know that this node is there. */
    private void tell(List<HostRow> rows, boolean evenNone) {
        if (rows.isEmpty() && evenNone) {
            bus.others().forEach(node -> send(node, new RelayWord.Stand(self, rows)));
        }
        for (int from = 0; from < rows.size(); from += RelayWordCodec.MAX_ROWS) {
            RelayWord word =
                    new RelayWord.Stand(self, rows.subList(from, Math.min(rows.size(), from + RelayWordCodec.MAX_ROWS)));
            bus.others().forEach(node -> send(node, word));
        }
    }

    private void send(NodeId node, RelayWord word) {
        bus.send(LoopAddress.of(node), new NodeMessage.Relay(RelayWordCodec.write(word)));
    }
}
