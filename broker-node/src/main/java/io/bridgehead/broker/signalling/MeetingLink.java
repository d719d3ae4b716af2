package io.bridgehead.broker.signalling;

import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.ServerRegistry;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A connection's way to its meeting: finds it, follows it when its node goes, takes it over when nobody has it, and
 * sends what the peer says, in order. All that it said in one turn of the event loop goes to another node together, and
 * what comes after it when that is answered: when the node dies, nobody knows of that much whether it arrived. The
 * connection's event loop only.
 */
final class MeetingLink {

    /** Of a peer's messages so many wait or are unanswered; then the peer is not read from. */
    private static final int QUEUE = 32;

    /** A keeper may be gone, and its successor too. */
    private static final int SEARCHES = 4;

    private static final Duration ANSWER = Duration.ofSeconds(4);
    private static final Duration SEARCH_AGAIN = Duration.ofMillis(500);

    /** As long as a peer waits to be let in. */
    private static final int ATTACHES = 20;

    /** A dead node is noticed after 8 s; whoever has not found the meeting by then will not. */
    private static final int FOLLOWS = 30;

    /** What the link tells its connection. */
    interface Owner {

        /** The message was perhaps not passed on. */
        void undelivered(String to);

        /** There is no such meeting any more. */
        void over();

        /** Nobody can say where the meeting is. */
        void lost();

        /** Whether the peer is to be read from. */
        void reading(boolean on);

        /** How it attaches itself again. */
        PeerWord.Attach following(PeerWord.Coming coming);
    }

    private final SignallingPost post;
    private final ServerRegistry registry;
    private final Meetings meetings;
    private final EventLoop loop;
    private final Owner owner;
    private final ArrayDeque<PeerWord.Said> queue = new ArrayDeque<>();
    /** Of what was sent together, what its meeting would not take. */
    private final List<PeerWord.Said> refused = new ArrayList<>();

    private String token;
    private SessionAddress keeper;
    /** Whose numbers the peer has. */
    private SessionAddress attachedTo;
    private Promise<PeerWord> attaching;
    /** Of what was sent together; 0: nothing is under way. */
    private int unanswered;

    private boolean sendingSoon;
    private boolean attached;
    private boolean following;
    private boolean held;
    private boolean ended;

    MeetingLink(SignallingPost post, ServerRegistry registry, Meetings meetings, EventLoop loop, Owner owner) {
        this.post = post;
        this.registry = registry;
        this.meetings = meetings;
        this.loop = loop;
        this.owner = owner;
    }

    /**
     * Finds the meeting and attaches to it. {@link PeerWord.Attached} or {@link PeerWord.NotAttached}, on the loop;
     * failed: nobody can say.
     *
     * @param tokenHash of the server's token
     */
    Future<PeerWord> attach(String tokenHash, PeerWord.Attach attach) {
        token = tokenHash;
        return attach(to -> attach, ATTACHES).onSuccess(answer -> attached = answer instanceof PeerWord.Attached);
    }

    /** A node that leaves is a member for a moment longer than it answers. */
    private Future<PeerWord> attach(Function<SessionAddress, PeerWord.Attach> attach, int tries) {
        return search(attach).recover(failure -> {
            if (tries == 1 || ended) {
                return Future.failedFuture(failure);
            }
            Promise<PeerWord> later = Promise.promise();
            loop.schedule(
                    () -> attach(attach, tries - 1).onComplete(later), SEARCH_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            return later.future();
        });
    }

    private Future<PeerWord> search(Function<SessionAddress, PeerWord.Attach> attach) {
        return onLoop(() -> registry.find(token))
                .compose(row -> row.isEmpty() ? unknown() : attach(row.get().keeper(), attach, SEARCHES));
    }

    private Future<PeerWord> attach(
            SessionAddress to, Function<SessionAddress, PeerWord.Attach> attach, int searches) {
        if (ended) {
            // the peer may be back already, and this would put it out
            return Future.failedFuture("the connection has ended");
        }
        if (searches == 0) {
            return Future.failedFuture("the meeting changes its place too often");
        }
        if (!post.reaches(to.node())) {
            return takeOver(to, attach, searches);
        }
        keeper = to;
        Promise<PeerWord> attached = Promise.promise();
        attaching = attached;
        return onLoop(() -> post.send(loop, to, attach.apply(to))).transform(answer -> {
            if (answer.failed() && post.reaches(to.node())) {
                return Future.failedFuture(answer.cause());
            }
            return answer.failed() || answer.result().equals(Answer.NOT_HERE)
                    ? takeOver(to, attach, searches)
                    : inTime(attached).onSuccess(in -> attachedTo = to);
        });
    }

    private Future<PeerWord> inTime(Promise<PeerWord> attached) {
        loop.schedule(() -> attached.tryFail("no answer of the meeting"), ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        return attached.future();
    }

    private Future<PeerWord> takeOver(
            SessionAddress gone, Function<SessionAddress, PeerWord.Attach> attach, int searches) {
        return onLoop(() -> meetings.takeOver(loop, token, gone))
                .compose(now -> now.isEmpty() ? unknown() : attach(now.get(), attach, searches - 1));
    }

    private static Future<PeerWord> unknown() {
        return Future.succeededFuture(new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
    }

    /** What follows a future's completion runs on the loop, in a turn of its own. */
    private <T> Future<T> onLoop(Supplier<Future<T>> step) {
        Promise<T> done = Promise.promise();
        step.get().onComplete(answer -> loop.execute(() -> done.handle(answer)));
        return done.future();
    }

    /** Whether it is the one that this connection attached to last: what another says is out of date. */
    boolean isKeptBy(SessionAddress other) {
        return other.equals(keeper);
    }

    /** The meeting's answer to attaching. */
    void answered(PeerWord answer) {
        if (attaching != null) {
            attaching.tryComplete(answer);
        }
    }

    void say(PeerWord.Said said) {
        queue.add(said);
        if (queue.size() + refused.size() + unanswered >= QUEUE && !held) {
            held = true;
            owner.reading(false);
        }
        if (post.isHere(keeper.node())) {
            sendWaiting();
        } else if (!sendingSoon) {
            sendingSoon = true;
            loop.execute(() -> {
                sendingSoon = false;
                sendWaiting();
            });
        }
    }

    /** A word was lost on its way here. */
    void again(PeerWord.Again again) {
        if (!ended) {
            post.send(loop, keeper, again).onSuccess(answer -> SignallingPost.on(loop, () -> {
                if (answer.equals(Answer.NOT_HERE)) {
                    follow();
                }
            }));
        }
    }

    private void sendWaiting() {
        while (unanswered == 0 && !queue.isEmpty() && !following && !ended) {
            List<PeerWord.Said> sending = List.copyOf(queue);
            SessionAddress to = keeper;
            queue.clear();
            unanswered = sending.size();
            for (PeerWord.Said said : sending) {
                post.send(loop, to, said)
                        .onComplete(answer -> SignallingPost.on(loop, () -> answered(said, to, answer)));
            }
        }
    }

    private void answered(PeerWord.Said said, SessionAddress to, AsyncResult<Answer> answer) {
        if (ended) {
            return;
        }
        if (answer.failed()) {
            owner.undelivered(said.to());
            if (!post.reaches(to.node())) {
                follow();
            }
        } else if (answer.result().equals(Answer.NOT_HERE)) {
            refused.add(said);
        }
        unanswered--;
        if (unanswered == 0 && !ended) {
            allAnswered();
        }
    }

    private void allAnswered() {
        if (!refused.isEmpty()) {
            // it goes to the next keeper, before what came after it
            refused.reversed().forEach(queue::addFirst);
            refused.clear();
            follow();
        }
        if (held && queue.size() <= QUEUE / 2) {
            held = false;
            owner.reading(true);
        }
        sendWaiting();
    }

    void nodeGone(NodeId node) {
        if (keeper != null && keeper.node().equals(node)) {
            follow();
        }
    }

    /** A keeper elsewhere may have put this connection out; one on this node tells when it moves. */
    void lookAgain() {
        if (keeper != null && !post.isHere(keeper.node())) {
            follow();
        }
    }

    /** The meeting is not where it was: finds it, or goes on with it here. Whoever still attaches searches already. */
    void follow() {
        if (attached && !following && !ended) {
            following = true;
            follow(FOLLOWS);
        }
    }

    private void follow(int tries) {
        search(this::following).onComplete(
                answer -> {
                    following = false;
                    if (answer instanceof PeerWord.NotAttached && !ended) {
                        owner.over();
                    }
                    sendWaiting();
                },
                nobodyKnows -> {
                    if (tries > 1 && !ended) {
                        loop.schedule(() -> follow(tries - 1), SEARCH_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                    } else if (!ended) {
                        owner.lost();
                    }
                });
    }

    /** When it is sent, and not before: the meeting of before may have told it something meanwhile. */
    private PeerWord.Attach following(SessionAddress to) {
        return owner.following(
                attachedTo == null || attachedTo.equals(to) ? PeerWord.Coming.FOLLOWING : PeerWord.Coming.MOVING);
    }

    /** The connection is gone: tells the meeting, behind what the peer said before. */
    void leave(PeerWord.Left left) {
        SessionAddress to = keeper;
        if (!ended && to != null) {
            refused.forEach(said -> post.send(loop, to, said));
            queue.forEach(said -> post.send(loop, to, said));
            post.send(loop, to, left);
        }
        ended = true;
        refused.clear();
        queue.clear();
    }
}
