package io.bridgehead.broker.signalling;

import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRow;
import io.micrometer.core.instrument.Counter;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The meetings that this node keeps. Any thread. */
final class Meetings {

    /** A connected peer hears of the change at once, and needs two round trips. */
    private static final Duration FOLLOW = Duration.ofSeconds(10);

    private final SessionHost host;
    private final SignallingPost post;
    private final ServerRegistry registry;
    private final MeetingState.Limits limits;
    private final Counter takeOvers;
    private final Set<MeetingDriver> kept = ConcurrentHashMap.newKeySet();

    Meetings(
            SignallingConfig config, SessionHost host, SignallingPost post, ServerRegistry registry, Meters meters) {
        this.host = host;
        this.post = post;
        this.registry = registry;
        this.limits = new MeetingState.Limits(
                config.limits().maxClients(), config.resume().grace(), FOLLOW, config.resume().bufferBytes());
        this.takeOvers = meters.counter(Meter.SIGNALLING_TAKE_OVERS);
        meters.gauge(Meter.SIGNALLING_SERVERS, kept::size);
    }

    /** Opens a new one on this event loop, which is the caller's. False: the token is taken. */
    Future<Boolean> open(EventLoop loop, String token, ServerRow.Peer server, Optional<String> serverInfo) {
        ServerRow row = new ServerRow(token, host.newAddress(loop), serverInfo, List.of(server));
        MeetingDriver meeting = meeting(loop, row, false);
        return registry.open(row)
                .onFailure(unknown -> registry.close(token, row.keeper()))
                .map(opened -> {
                    if (opened) {
                        loop.execute(meeting::begin);
                    }
                    return opened;
                });
    }

    /** Goes on here with what {@code gone} kept. Answers who keeps it now, if there is such a server. */
    Future<Optional<SessionAddress>> takeOver(EventLoop loop, String token, SessionAddress gone) {
        SessionAddress here = host.newAddress(loop);
        return registry.takeOver(token, gone, here).map(standing -> standing.map(row -> {
            if (row.keeper().equals(here)) {
                takeOvers.increment();
                loop.execute(meeting(loop, row, true)::begin);
            }
            return row.keeper();
        }));
    }

    private MeetingDriver meeting(EventLoop loop, ServerRow row, boolean goesOn) {
        MeetingDriver meeting = new MeetingDriver(
                post, registry, loop, row, MeetingState.of(row, limits, goesOn), kept::remove);
        kept.add(meeting);
        return meeting;
    }

    /** The registry may have lost rows: writes them anew, and gives up what is another's now. */
    void keepNow() {
        kept.forEach(MeetingDriver::keepNow);
    }

    /** The node is leaving: the peers that are elsewhere go on there. */
    void moveAll() {
        kept.forEach(MeetingDriver::move);
    }
}
