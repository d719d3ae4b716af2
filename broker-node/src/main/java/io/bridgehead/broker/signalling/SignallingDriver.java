package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.signalling.SignallingEffect.Timer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one connection of the room: gives what comes to the pure session, one event at a time, and carries out the
 * effects. Everything happens on the connection's event loop; other threads post.
 */
final class SignallingDriver
        implements LocalSession, SignallingPost.Addressee, MeetingLink.Owner, PeerSocket.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(SignallingDriver.class);

    private static final String PROTOCOL = "signalling";

    private final SignallingRoom room;
    private final PeerSocket socket;
    private final IncomingMessage incoming;
    private final EventLoop loop;
    private final SessionAddress self;
    private final EntryRequest request;
    private final String remoteAddress;
    private final Instant connectedAt;
    private final MeetingLink link;
    private final Map<Timer, ScheduledFuture<?>> timers = new EnumMap<>(Timer.class);
    private final ArrayDeque<SignallingEvent> events = new ArrayDeque<>(2);

    private volatile SignallingState state;
    private volatile AccountId account;

    private PeerWord.Attach attach;
    private boolean processing;
    private boolean entered;
    private boolean gone;
    /** The peer is not read from, by our own doing: its silence means nothing. */
    private boolean held;

    /** On the socket's event loop, which stays the same from here on. */
    SignallingDriver(SignallingRoom room, PeerSocket socket, EntryRequest request, String remoteAddress) {
        this.room = room;
        this.socket = socket;
        this.request = request;
        this.remoteAddress = remoteAddress;
        this.loop = socket.loop();
        this.incoming = new IncomingMessage(room.config().limits().maxMessageBytes());
        this.self = room.host().newAddress(loop);
        this.connectedAt = room.host().clock().instant();
        this.state = new SignallingState.Entering(request.isReturn());
        this.link = new MeetingLink(room.post(), room.registry(), room.meetings(), loop, this);
    }

    /** Takes the connection over. On its event loop. */
    void start() {
        room.host().sessions().connected(this);
        room.post().add(self, this);
        socket.start(this);
        fire(new SignallingEvent.Opened());
    }

    // ---- what others may ask, from any thread

    @Override
    public SessionId id() {
        return self.session();
    }

    /** Nobody calls a peer of this room. */
    @Override
    public void tell(Signal signal) {}

    @Override
    public void evict(CloseReason reason) {
        execute(() -> fire(new SignallingEvent.Ended(SignallingClose.of(reason))));
    }

    /** Always: a peer comes back on another node, and its meeting waits for it; the spread keeps them from storming. */
    @Override
    public boolean movable() {
        return true;
    }

    @Override
    public void askToMove() {
        evict(CloseReason.SHUTDOWN);
    }

    /** Peers do not see names of accounts. */
    @Override
    public void renamed(String displayName) {
        // nothing here bears it
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(
                self,
                PROTOCOL,
                remoteAddress,
                connectedAt,
                Optional.ofNullable(account),
                state.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                Optional.empty());
    }

    @Override
    public boolean inContext() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** From the switchboard, on any thread; the room's own word comes by its post. */
    @Override
    public void nodeGone(NodeId node) {
        if (inContext()) {
            link.nodeGone(node);
        }
    }

    @Override
    public void lookAgain() {
        if (entered) {
            link.lookAgain();
        }
    }

    // ---- from the meeting, on the event loop

    @Override
    public boolean hear(PeerWord word) {
        if (gone || state instanceof SignallingState.Over) {
            return false;
        }
        if (!(word instanceof PeerWord.FromMeeting(SessionAddress keeper, PeerWord.ToPeer heard))
                || !link.isKeptBy(keeper)) {
            return false;
        }
        switch (heard) {
            case PeerWord.Attached a -> link.answered(a);
            case PeerWord.NotAttached n -> link.answered(n);
            case PeerWord.Numbered numbered -> told(new SignallingEvent.Told(numbered));
            case PeerWord.Objected(ErrorCode code, String to) -> told(new SignallingEvent.Objected(code, to));
            case PeerWord.Over o -> told(new SignallingEvent.MeetingOver());
            case PeerWord.Replaced r -> told(new SignallingEvent.Ended(SignallingClose.REPLACED));
            case PeerWord.Moved m -> link.follow();
        }
        return true;
    }

    /** What the meeting says before HELLO is out waits for it. */
    private void told(SignallingEvent event) {
        if (entered) {
            fire(event);
        } else {
            events.add(event);
        }
    }

    @Override
    public void undelivered(String to) {
        fire(new SignallingEvent.Objected(ErrorCode.UNDELIVERED, to));
    }

    @Override
    public void over() {
        fire(new SignallingEvent.MeetingOver());
    }

    @Override
    public void lost() {
        fire(new SignallingEvent.Ended(SignallingClose.TRY_AGAIN));
    }

    @Override
    public void reading(boolean on) {
        held = !on;
        socket.reading(on);
    }

    @Override
    public PeerWord.Attach following(PeerWord.Coming coming) {
        long seen = state instanceof SignallingState.Present present ? present.seen() : attach.seen();
        return new PeerWord.Attach(
                self,
                coming,
                attach.peer(),
                attach.secret(),
                attach.resumable(),
                attach.who(),
                seen);
    }

    // ---- from the peer

    @Override
    public void frame(WebSocketFrame frame) {
        if (socket.isTooSlow()) {
            tooSlow();
        }
        if (gone) {
            return;
        }
        incoming.add(frame).ifPresent(command -> {
            fire(new SignallingEvent.Heard());
            fire(new SignallingEvent.Said(room.checked(command), System.nanoTime()));
        });
    }

    @Override
    public void pong() {
        fire(new SignallingEvent.Heard());
    }

    @Override
    public void tooSlow() {
        fire(new SignallingEvent.Ended(SignallingClose.TOO_SLOW));
    }

    @Override
    public void closed(int code) {
        // 1005: closed without a code, as a page does that means it
        boolean meant = code == 1000 || code == 1005;
        fire(new SignallingEvent.Disconnected(meant ? SignallingClose.LEFT : SignallingClose.LOST));
        over(meant ? SignallingClose.LEFT : SignallingClose.LOST);
    }

    // ---- events and effects

    private void fire(SignallingEvent event) {
        if (processing) {
            events.add(event);
            return;
        }
        processing = true;
        try {
            process(event);
            while (entered && !events.isEmpty()) {
                process(events.poll());
            }
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("session", self.session()).log("session failed");
            state = new SignallingState.Over();
            link.leave(new PeerWord.Left(self, attach == null ? "" : attach.peer(), true));
            close(SignallingClose.INTERNAL_ERROR);
        } finally {
            processing = false;
        }
    }

    private void process(SignallingEvent event) {
        SignallingState before = state;
        SignallingSession.Step step = room.session().on(state, event);
        state = step.state();
        if (before instanceof SignallingState.Entering && state instanceof SignallingState.Present) {
            entered = true;
            room.meters().entered();
            socket.reading(true);
        }
        for (SignallingEffect effect : step.effects()) {
            carryOut(effect);
        }
    }

    private void carryOut(SignallingEffect effect) {
        switch (effect) {
            case SignallingEffect.Enter e -> room.entrance()
                    .enter(new SignallingEntrance.Arrival(
                            request, this, self, loop, remoteAddress, link, this::admitted, used -> attach = used))
                    .onSuccess(this::entered);
            case SignallingEffect.Reply(SignallingReply reply) -> write(reply);
            case SignallingEffect.Say(String to, String type, String text) -> {
                room.meters().message();
                link.say(new PeerWord.Said(self, attach.peer(), to, type, text));
            }
            case SignallingEffect.AskAgain(long seen) -> link.again(new PeerWord.Again(self, attach.peer(), seen));
            case SignallingEffect.Leave(boolean forGood) ->
                link.leave(new PeerWord.Left(self, attach == null ? "" : attach.peer(), forGood));
            case SignallingEffect.Close(SignallingClose close) -> close(close);
            case SignallingEffect.Ping p -> socket.ping();
            case SignallingEffect.StartTimer(Timer timer, var after) -> {
                stop(timer);
                timers.put(timer, loop.schedule(
                        () -> timedOut(timer), after.toMillis(), TimeUnit.MILLISECONDS));
            }
        }
    }

    private void timedOut(Timer timer) {
        if (held) {
            fire(new SignallingEvent.Heard());
        }
        fire(new SignallingEvent.TimedOut(timer));
    }

    private void stop(Timer timer) {
        ScheduledFuture<?> running = timers.remove(timer);
        if (running != null) {
            running.cancel(false);
        }
    }

    /** At once when the answer is here: a word of the meeting may be behind it. */
    private void entered(SignallingEvent outcome) {
        SignallingPost.on(loop, () -> fireFirst(outcome));
    }

    private void fireFirst(SignallingEvent outcome) {
        if (processing) {
            execute(() -> fireFirst(outcome));
        } else {
            fire(outcome);
        }
    }

    /** Any thread. */
    private void admitted(AccountId whose) {
        account = whose;
        execute(() -> {
            if (gone) {
                // it went while its credentials were looked at
                room.host().switchboard().release(this, whose);
            }
        });
    }

    private void write(SignallingReply reply) {
        if (reply instanceof SignallingReply.Error error) {
            room.meters().error(error.code());
        }
        socket.write(SignallingEncoder.encode(reply));
        if (socket.isTooSlow()) {
            tooSlow();
        }
    }

    private void close(SignallingClose close) {
        over(close);
        socket.close(close);
    }

    /** Once: nothing of it is left in the node. */
    private void over(SignallingClose close) {
        if (gone) {
            return;
        }
        gone = true;
        room.meters().closed(close);
        if (entered) {
            room.meters().left();
        }
        timers.values().forEach(timer -> timer.cancel(false));
        timers.clear();
        room.post().remove(self);
        room.host().sessions().disconnected(this);
        if (account != null) {
            room.host().switchboard().release(this, account);
        }
        LOG.atDebug()
                .addKeyValue("session", self.session())
                .addKeyValue("protocol", PROTOCOL)
                .addKeyValue("reason", close)
                .log("session closed");
    }
}
