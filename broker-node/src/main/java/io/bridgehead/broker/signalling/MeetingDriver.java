package io.bridgehead.broker.signalling;

import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRow;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs one meeting on one event loop: carries out its effects and keeps its row in the registry true. */
final class MeetingDriver implements SignallingPost.Addressee {

    private static final Duration KEEP = Duration.ofSeconds(60);
    private static final Duration KEEP_AGAIN = Duration.ofSeconds(2);

    /** Each waits up to 3 s for its answer. */
    private static final int TRIES = 3;

    private final SignallingPost post;
    private final ServerRegistry registry;
    private final EventLoop loop;
    private final SessionAddress address;
    private final String token;
    private final Consumer<MeetingDriver> whenOver;

    private Optional<String> serverInfo;
    private MeetingState state;
    /** What came before it began: whoever reads the new row may be faster than its writer. */
    private ArrayDeque<PeerWord> early = new ArrayDeque<>(2);

    private ScheduledFuture<?> keeping;
    private final ArrayDeque<MeetingEffect> todo = new ArrayDeque<>(2);
    private boolean carryingOut;
    private boolean publishing;
    private boolean changed;
    private boolean ending;

    /** It is there for others at once, and waits to begin. */
    MeetingDriver(
            SignallingPost post,
            ServerRegistry registry,
            EventLoop loop,
            SessionAddress address,
            String token,
            Consumer<MeetingDriver> whenOver) {
        this.post = post;
        this.registry = registry;
        this.loop = loop;
        this.address = address;
        this.token = token;
        this.whenOver = whenOver;
        post.add(address, this);
    }

    /** The row is this meeting's. Any thread. */
    void begin(ServerRow row, MeetingState begun) {
        execute(() -> {
            serverInfo = row.serverInfo();
            state = begun;
            keepLater(KEEP);
            carryOut(state.begun());
            ArrayDeque<PeerWord> waiting = early;
            early = null;
            waiting.forEach(this::hear);
        });
    }

    /** It will not begin. Any thread. */
    void giveUp() {
        post.remove(address);
        whenOver.accept(this);
    }

    /** On which it runs, from beginning to end. */
    EventLoop loop() {
        return loop;
    }

    /** Its peers are to find it elsewhere. Any thread. */
    void move() {
        execute(this::moveNow);
    }

    private void moveNow() {
        if (state != null && !state.isOver()) {
            List<MeetingEffect> effects = state.moved();
            leave();
            carryOut(effects);
        }
    }

    @Override
    public boolean inContext() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public boolean hear(PeerWord word) {
        if (!(word instanceof PeerWord.ToMeeting forMeeting)) {
            return false;
        }
        if (state != null && state.isOver()) {
            return ending && tooLate(forMeeting);
        }
        if (state == null) {
            early.add(word);
            return true;
        }
        if (!state.takes(forMeeting)) {
            return false;
        }
        carryOut(state.on(forMeeting));
        return true;
    }

    /** Until its row is gone nobody may think that it is only somewhere else, and go on with it there. */
    private boolean tooLate(PeerWord.ToMeeting word) {
        switch (word) {
            case PeerWord.Attach attach -> send(attach.from(), new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
            case PeerWord.Said said -> send(said.from(), new PeerWord.Objected(ErrorCode.PEER_GONE, said.to()));
            case PeerWord.Left l -> {}
            case PeerWord.Again a -> {}
        }
        return true;
    }

    @Override
    public void nodeGone(NodeId node) {
        if (state != null) {
            carryOut(state.nodeGone(node));
        }
    }

    /** Writes the row: it may be lost, or another's now. */
    @Override
    public void lookAgain() {
        publish();
    }

    /** One after the other: whoever is told something may say something on the way back. */
    private void carryOut(List<MeetingEffect> effects) {
        todo.addAll(effects);
        if (carryingOut) {
            return;
        }
        carryingOut = true;
        try {
            for (MeetingEffect next = todo.poll(); next != null; next = todo.poll()) {
                carryOut(next);
            }
        } finally {
            carryingOut = false;
        }
    }

    private void carryOut(MeetingEffect effect) {
        switch (effect) {
            case MeetingEffect.Tell tell -> tell(tell, TRIES);
            case MeetingEffect.StartGrace(String peer, int turn, Duration time) -> loop.schedule(
                    () -> carryOut(state.graceOver(peer, turn)), time.toMillis(), TimeUnit.MILLISECONDS);
            case MeetingEffect.Publish p -> publish();
            case MeetingEffect.End e -> {
                ending = true;
                keeping.cancel(false);
                registry.close(token, address).onComplete(closed -> execute(this::leave));
            }
        }
    }

    private void leave() {
        keeping.cancel(false);
        post.remove(address);
        whenOver.accept(this);
    }

    private void tell(MeetingEffect.Tell tell, int tries) {
        send(tell.connection(), tell.word()).onComplete(
                answer -> SignallingPost.on(loop, () -> carryOut(answer.equals(Answer.NOT_HERE)
                        ? state.notThere(tell.connection(), tell.peer(), tell.turn())
                        : taken(tell))),
                lost -> SignallingPost.on(loop, () -> {
                    if (tries > 1 && post.reaches(tell.connection().node())) {
                        tell(tell, tries - 1);
                    } else {
                        carryOut(state.notThere(tell.connection(), tell.peer(), tell.turn()));
                    }
                }));
    }

    private Future<Answer> send(SessionAddress connection, PeerWord.ToPeer word) {
        return post.send(loop, connection, new PeerWord.FromMeeting(address, word));
    }

    private List<MeetingEffect> taken(MeetingEffect.Tell tell) {
        return tell.word() instanceof PeerWord.Numbered numbered
                ? state.taken(tell.connection(), tell.peer(), numbered.seq())
                : List.of();
    }

    /** One write at a time: of many joins in between only the last state is written. */
    private void publish() {
        changed = true;
        if (state == null || publishing || state.isOver()) {
            return;
        }
        publishing = true;
        changed = false;
        registry.keep(new ServerRow(token, address, serverInfo, state.rows())).onComplete(kept -> execute(() -> {
            publishing = false;
            if (state.isOver()) {
                if (ending) {
                    // the write may have come behind the removal
                    registry.close(token, address);
                }
            } else if (kept.failed()) {
                keepLater(KEEP_AGAIN);
            } else if (!kept.result()) {
                // after a partition another node has it, and the registry's word counts
                moveNow();
            } else if (changed) {
                publish();
            }
        }));
    }

    private void keepLater(Duration time) {
        if (keeping != null) {
            keeping.cancel(false);
        }
        keeping = loop.schedule(
                () -> {
                    keepLater(KEEP);
                    publish();
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
    }

}
