package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.relay.messages.Command;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs one service's {@link PoolState}: its command connections and the pool on one event loop, its data connections on
 * all of them in turn. Any thread.
 */
final class HostService {

    private static final Logger LOG = LoggerFactory.getLogger(HostService.class);

    /** The first try again comes within a second; a relay that is down is asked once or twice a minute. */
    private static final BackOff BACK_OFF =
            new BackOff(Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(60));

    private static final Duration STEADY = Duration.ofSeconds(10);

    private static final int ID_BYTES = 8;

    private final HostServiceConfig config;
    private final Vertx vertx;
    private final Context home;
    private final List<Context> contexts;
    private final Dialler dialler;
    private final HostMeters meters;
    private final RandomGenerator random;
    /** A relay takes one command connection of a host: at each relay this one is a host of its own. */
    private final List<String> hostIds;
    private final Promise<Void> drained = Promise.promise();

    // the ones below: on our context
    private final PoolState pool;
    private final Map<Integer, CommandLink> commands = new HashMap<>();
    private final Map<Long, DataLink> links = new HashMap<>();
    private final Map<Long, Integer> relayOf = new HashMap<>();
    /** Why each relay does not serve us; empty: it does. */
    private final List<String> troubles;
    private boolean targetRefused;

    private volatile int waiting;
    private volatile int serving;
    private volatile boolean ready;

    /** @param contexts one for each event loop; the first one is the pool's */
    HostService(
            HostServiceConfig config,
            Vertx vertx,
            List<Context> contexts,
            HostMeters meters,
            RandomGenerator random) {
        this.config = config;
        this.vertx = vertx;
        this.contexts = List.copyOf(contexts);
        this.home = contexts.getFirst();
        this.dialler = new Dialler(vertx, config);
        this.meters = meters;
        this.random = random;
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String prefix = HexFormat.of().formatHex(id);
        this.hostIds = IntStream.range(0, config.relays().size()).mapToObj(relay -> prefix + "-" + relay).toList();
        this.pool = new PoolState(new PoolState.Limits(config.pool(), BACK_OFF, STEADY), config.relays().size());
        this.troubles = new ArrayList<>(Collections.nCopies(config.relays().size(), "not tried yet"));
    }

    HostServiceConfig config() {
        return config;
    }

    /** Begins to offer the service. */
    void start() {
        LOG.atInfo()
                .addKeyValue("service", config.name())
                .addKeyValue("to", config.target())
                .addKeyValue("relays", config.relays())
                .addKeyValue("pool", config.pool())
                .log("service is offered");
        home.runOnContext(now -> carryOut(pool.begun()));
    }

    /** No client is taken any more; done when those that are served have ended. */
    Future<Void> drain() {
        home.runOnContext(now -> carryOut(pool.drain()));
        return drained.future();
    }

    /** After {@link #drain}: ends clients that are still served. */
    void cut() {
        home.runOnContext(now -> List.copyOf(links.values()).forEach(DataLink::cut));
    }

    int waiting() {
        return waiting;
    }

    int serving() {
        return serving;
    }

    /** Whether a client that comes now is served. */
    boolean isReady() {
        return ready;
    }

    private void carryOut(List<PoolEffect> effects) {
        for (PoolEffect effect : effects) {
            switch (effect) {
                case PoolEffect.DialCommand(int relay) -> dialCommand(relay);
                case PoolEffect.CloseCommand(int relay) -> commands.remove(relay).close();
                case PoolEffect.DialData(int relay, long id) -> dialData(relay, id);
                case PoolEffect.CloseData(long id) -> forget(id).close();
                case PoolEffect.Serve(long id) -> links.get(id).serve();
                case PoolEffect.ClientGone(long id) -> links.get(id).clientGone();
                case PoolEffect.RetryAfter(int relay, Duration time) -> vertx.setTimer(
                        Math.max(1, time.toMillis()), late -> carryOut(pool.retry(relay)));
                case PoolEffect.Drained d -> {
                    dialler.close();
                    drained.complete();
                }
            }
        }
        waiting = pool.waiting();
        serving = pool.serving();
        ready = pool.isReady();
    }

    private void dialCommand(int relay) {
        CommandLink link = new CommandLink(home, dialler, () -> hello(relay), new Commands(relay));
        commands.put(relay, link);
        link.dial(config.relays().get(relay));
    }

    private void dialData(int relay, long id) {
        Context context = contexts.get((int) (id % contexts.size()));
        DataLink link = new DataLink(id, vertx, context, dialler, () -> hello(relay), Leg.PATIENCE, new Data());
        links.put(id, link);
        relayOf.put(id, relay);
        link.dial(config.relays().get(relay));
    }

    private DataLink forget(long id) {
        relayOf.remove(id);
        return links.remove(id);
    }

    private ByteBuf hello(int relay) {
        return HelloEncoder.hello(config, hostIds.get(relay));
    }

    /** Told once, not with every try. */
    private void trouble(int relay, String why) {
        meters.count(HostMeters.Result.RELAY_LOST);
        boolean known = troubles.set(relay, why).equals(why);
        LOG.atLevel(known ? Level.DEBUG : Level.WARN)
                .addKeyValue("service", config.name())
                .addKeyValue("relay", config.relays().get(relay))
                .addKeyValue("reason", why)
                .log("relay does not serve us, and is tried again");
    }

    private void fine(int relay) {
        if (!troubles.get(relay).isEmpty()) {
            troubles.set(relay, "");
            LOG.atInfo()
                    .addKeyValue("service", config.name())
                    .addKeyValue("relay", config.relays().get(relay))
                    .log("clients can come");
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** What a command connection says, on our context. */
    private final class Commands implements CommandLink.Owner {

        private final int relay;

        Commands(int relay) {
            this.relay = relay;
        }

        @Override
        public void commandUp(CommandLink link) {
            carryOut(pool.commandUp(relay));
        }

        @Override
        public void command(CommandLink link, Command command) {
            switch (command.getMessageType()) {
                case CONNECTION_OPEN -> carryOut(
                        pool.commandOpen(relay, command.getOpenProperties().getAssignedToSession()));
                case CONNECTION_DROP -> carryOut(pool.commandDrop(relay, command.getDropProperties().getSessionId()));
            }
        }

        @Override
        public void commandLost(CommandLink link, String why) {
            commands.remove(relay, link);
            trouble(relay, why);
            carryOut(pool.commandLost(relay, nowMillis(), random.nextDouble()));
        }
    }

    /** What a data connection says, on an event loop that may be another one. */
    private final class Data implements DataLink.Owner {

        @Override
        public void opened(long id, int session) {
            home.runOnContext(now -> {
                if (links.containsKey(id)) {
                    fine(relayOf.get(id));
                    carryOut(pool.opened(id, session, nowMillis()));
                }
            });
        }

        @Override
        public void clientSpoke(long id) {
            home.runOnContext(now -> carryOut(pool.clientSpoke(id)));
        }

        @Override
        public void lost(long id, String why) {
            home.runOnContext(now -> {
                if (links.containsKey(id)) {
                    trouble(relayOf.get(id), why);
                    forget(id);
                    carryOut(pool.lost(id, nowMillis(), random.nextDouble()));
                }
            });
        }

        @Override
        public void targetRefused(long id, String why) {
            meters.count(HostMeters.Result.TARGET_REFUSED);
            home.runOnContext(now -> {
                LOG.atLevel(targetRefused ? Level.DEBUG : Level.WARN)
                        .addKeyValue("service", config.name())
                        .addKeyValue("to", config.target())
                        .addKeyValue("reason", why)
                        .log("a client was turned away: the target cannot be connected to");
                targetRefused = true;
            });
        }

        @Override
        public void bridged(long id) {
            meters.count(HostMeters.Result.SERVED);
            home.runOnContext(now -> targetRefused = false);
        }

        @Override
        public void ended(long id) {
            home.runOnContext(now -> {
                if (links.containsKey(id)) {
                    forget(id);
                    carryOut(pool.ended(id));
                }
            });
        }

        @Override
        public void toTarget(int bytes) {
            meters.toTarget(bytes);
        }

        @Override
        public void toClient(int bytes) {
            meters.toClient(bytes);
        }
    }
}
