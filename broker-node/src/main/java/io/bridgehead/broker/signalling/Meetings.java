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
import java.util.Map;
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
    /** By their tokens' hashes. */
    private final Map<String, MeetingDriver> begun = new ConcurrentHashMap<>();
    private volatile boolean leaving;

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
        SessionAddress here = host.newAddress(loop);
        ServerRow row = new ServerRow(token, here, serverInfo, List.of(server));
        MeetingDriver meeting = meeting(loop, here, token);
        return registry.open(row)
                .onFailure(unknown -> {
                    meeting.giveUp();
                    registry.close(token, here);
                })
                .map(opened -> {
                    if (opened) {
                        begun.put(token, meeting);
                        meeting.begin(row, MeetingState.of(row, limits, false));
                    } else {
                        meeting.giveUp();
                    }
                    return opened;
                });
    }

    /** Goes on here with what {@code gone} kept. Answers who keeps it now, if there is such a server. */
    Future<Optional<SessionAddress>> takeOver(EventLoop loop, String token, SessionAddress gone) {
        if (leaving) {
            return Future.failedFuture("this node is leaving");
        }
        SessionAddress here = host.newAddress(loop);
        MeetingDriver meeting = meeting(loop, here, token);
        return registry.takeOver(token, gone, here)
                .onFailure(unknown -> meeting.giveUp())
                .map(standing -> {
                    if (standing.filter(row -> row.keeper().equals(here)).isPresent()) {
                        takeOvers.increment();
                        begun.put(token, meeting);
                        meeting.begin(standing.get(), MeetingState.of(standing.get(), limits, true));
                    } else {
                        meeting.giveUp();
                    }
                    return standing.map(ServerRow::keeper);
                });
    }

    private MeetingDriver meeting(EventLoop loop, SessionAddress here, String token) {
        MeetingDriver meeting = new MeetingDriver(post, registry, loop, here, token, over -> {
            kept.remove(over);
            begun.remove(token, over);
        });
        kept.add(meeting);
        return meeting;
    }

    /** The event loop of the meeting with this token's hash, if it is kept here. */
    Optional<EventLoop> loopOf(String token) {
        return Optional.ofNullable(begun.get(token)).map(MeetingDriver::loop);
    }

    /** The node is leaving: nothing is taken over any more. */
    void leave() {
        leaving = true;
    }

    /** The node is leaving: the peers that are elsewhere go on there. */
    void moveAll() {
        kept.forEach(MeetingDriver::move);
    }
}
