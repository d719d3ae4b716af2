package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.ViewMessage;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.Registration.Refusal;
import io.bridgehead.broker.session.Signal;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where sessions find each other: authorise, find, ring, splice. Knows no protocol. Any thread; nothing blocks and
 * nothing throws.
 */
public final class Switchboard implements NodeBus.Receiver {

    private static final Duration RETRY = Duration.ofSeconds(2);

    /**
     * For the words on which a bridge stands: a node may pause for 3 s, and its bridges are to outlive that, those too that
     * are just being opened. One that does not come back is noticed by then, and every question to it fails.
     */
    private static final Duration LAST_WORDS = Duration.ofSeconds(6);

    private final NodeId self;
    private final NodeBus bus;
    private final BusSeats seats;
    private final Directory directory;
    private final PresenceRegistry presence;
    private final LocalSessions sessions;
    private final LiveEntitlement entitlement;
    private final Bridges bridges;
    private final ClusterView view;
    private final boolean requirePin;
    private final InstantSource clock;

    /** {@code requirePin}: an unknown account and a wrong PIN are told alike. */
    public Switchboard(
            NodeId self,
            NodeBus bus,
            Directory directory,
            PresenceRegistry presence,
            LocalSessions sessions,
            LiveEntitlement entitlement,
            Bridges bridges,
            ClusterView view,
            boolean requirePin,
            InstantSource clock) {
        this.self = self;
        this.bus = bus;
        this.seats = new BusSeats(bus);
        this.directory = directory;
        this.presence = presence;
        this.sessions = sessions;
        this.entitlement = entitlement;
        this.bridges = bridges;
        this.view = view;
        this.requirePin = requirePin;
        this.clock = clock;
    }

    /** Decides on the credentials and makes {@code session} the account's one registration: the newest wins. */
    public Future<Registration> register(LocalSession session, SessionAddress address, Credentials credentials) {
        return directory
                .admit(credentials)
                .compose(verdict -> switch (verdict) {
                    case Verdict.Admitted(Entitlement granted) -> claim(session, address, credentials, granted);
                    case Verdict.NoAccount n ->
                        refused(requirePin ? Refusal.NO_ACCOUNT_OR_WRONG_PIN : Refusal.NO_ACCOUNT);
                    case Verdict.WrongPin w ->
                        refused(requirePin ? Refusal.NO_ACCOUNT_OR_WRONG_PIN : Refusal.WRONG_PIN);
                    case Verdict.Expired e -> refused(Refusal.EXPIRED);
                    case Verdict.Banned b -> refused(Refusal.BANNED);
                    case Verdict.TooManyAttempts t -> refused(Refusal.TOO_MANY_ATTEMPTS);
                    case Verdict.TryAgain(Duration after) ->
                        Future.<Registration>succeededFuture(new Registration.TryAgain(after));
                })
                .otherwise(cause -> new Registration.TryAgain(RETRY));
    }

    /**
     * Decides on the credentials of a session that others do not find by its account; a ban or an expiry ends it all
     * the same. To be followed by {@link #release}.
     */
    public Future<Verdict> admit(LocalSession session, Credentials credentials) {
        return held(session, directory.admit(credentials));
    }

    /** As {@link #admit}, for something that is the account's without anybody signing in for it. */
    public Future<Verdict> stand(LocalSession session, AccountId account) {
        return held(session, directory.standing(account));
    }

    private Future<Verdict> held(LocalSession session, Future<Verdict> decision) {
        return decision.map(verdict -> {
            if (verdict instanceof Verdict.Admitted(Entitlement granted)) {
                sessions.admitted(session, granted);
                // a ban may have come between the verdict and now, when there was no session yet to end
                entitlement.recheck(granted.account());
            }
            return verdict;
        });
    }

    /** The session that was {@link #admit admitted} is over. */
    public void release(LocalSession session, AccountId account) {
        sessions.unregistered(account, session);
    }

    private Future<Registration> claim(
            LocalSession session, SessionAddress address, Credentials credentials, Entitlement granted) {
        String display = granted.nickname().map(Nickname::text).orElse(credentials.displayName());
        Presence row = new Presence(
                granted.account(),
                display,
                address,
                clock.instant(),
                granted.visible(),
                granted.epoch(),
                granted.planVersion());
        return presence.claim(row).map(loser -> {
            sessions.registered(session, granted, row, credentials.displayName());
            loser.ifPresent(older -> evict(older.address(), CloseReason.REGISTERED_ELSEWHERE));
            // a ban may have come between the verdict and the claim, when there was no session yet to end
            entitlement.recheck(granted.account());
            return new Registration.Registered(granted);
        });
    }

    private static Future<Registration> refused(Refusal refusal) {
        return Future.succeededFuture(new Registration.Refused(refusal));
    }

    /** Gives up what {@code session} registered. */
    public void unregister(LocalSession session, AccountId account) {
        sessions.unregistered(account, session);
        presence.withdraw(account, session.id());
    }

    /** Ends a session, wherever it is. One that cannot be told learns it when its node asserts its rows again. */
    public void evict(SessionAddress address, CloseReason reason) {
        if (isHere(address)) {
            sessions.find(address.session()).ifPresent(session -> session.evict(reason));
        } else {
            bus.ask(LoopAddress.of(address), new NodeMessage.Evict(address.session(), reason));
        }
    }

    /**
     * Finds the callee and rings, unless the caller has given up by then; else it hears {@link Signal.Answered}.
     *
     * @param context the caller's: all that is told to the callee about this call goes from one thread, in order
     * @param ringing told, on the context, who is about to be rung; answers whether the call still stands
     * @return done, never failed, when nobody is looked for any more; the caller has been told by then what it hears
     */
    public Future<Void> ring(
            LocalSession caller,
            CallId call,
            Party callerParty,
            AccountId callee,
            Executor context,
            BiPredicate<CallId, Party> ringing) {
        return ring(caller, new Signal.Rung(call, callerParty), callerParty, callee, context, ringing);
    }

    /**
     * As {@link #ring}, for a yes or a no, and never a bridge: {@code asker} hears {@link Signal.Consented} or
     * {@link Signal.Answered}.
     *
     * @param about one line for the callee
     */
    public void ask(
            LocalSession asker,
            CallId call,
            Party asking,
            String about,
            AccountId callee,
            Executor context,
            BiPredicate<CallId, Party> ringing) {
        ring(asker, new Signal.Asked(call, asking, about), asking, callee, context, ringing);
    }

    private Future<Void> ring(
            LocalSession caller,
            Signal word,
            Party callerParty,
            AccountId callee,
            Executor context,
            BiPredicate<CallId, Party> ringing) {
        CallId call = word.call();
        return find(callee)
                .compose(found -> onContext(context, () -> ring(word, callerParty, found, ringing)))
                // the row was a dead session's, and is gone now: there may be a living one behind it
                .compose(outcome -> outcome != Rang.STALE
                        ? Future.succeededFuture(outcome)
                        : find(callee).compose(
                                found -> onContext(context, () -> ring(word, callerParty, found, ringing))))
                .transform(outcome -> {
                    Optional<CallOutcome> told = outcome.succeeded()
                            ? unanswered(outcome.result())
                            : Optional.of(CallOutcome.TRY_AGAIN);
                    told.ifPresent(why -> caller.tell(new Signal.Answered(call, why)));
                    return Future.succeededFuture();
                });
    }

    private enum Rang {
        YES,
        GIVEN_UP,
        NOBODY,
        STALE,
        SELF
    }

    private static Optional<CallOutcome> unanswered(Rang outcome) {
        return switch (outcome) {
            case YES, GIVEN_UP -> Optional.empty();
            case NOBODY, STALE -> Optional.of(CallOutcome.UNAVAILABLE);
            case SELF -> Optional.of(CallOutcome.SELF);
        };
    }

    private Future<Rang> ring(Signal word, Party caller, Optional<Presence> found, BiPredicate<CallId, Party> ringing) {
        if (found.isEmpty()) {
            return Future.succeededFuture(Rang.NOBODY);
        }
        Party party = found.get().party();
        if (party.account().equals(caller.account())) {
            return Future.succeededFuture(Rang.SELF);
        }
        if (!ringing.test(word.call(), party)) {
            return Future.succeededFuture(Rang.GIVEN_UP);
        }
        Future<NodeBus.Answer> answer;
        if (isHere(party.address())) {
            Optional<LocalSession> callee = sessions.find(party.address().session());
            callee.ifPresent(session -> session.tell(word));
            answer = Future.succeededFuture(callee.isPresent() ? NodeBus.Answer.TAKEN : NodeBus.Answer.NOT_HERE);
        } else {
            NodeId node = party.address().node();
            answer = bus.ask(LoopAddress.of(party.address()), new NodeMessage.ForSession(party.address(), word))
                    // a row of a node that has left: nobody is there, and the row can go
                    .recover(failure -> bus.others().contains(node)
                            ? Future.failedFuture(failure)
                            : Future.succeededFuture(NodeBus.Answer.NOT_HERE));
        }
        return answer.compose(taken -> taken.equals(NodeBus.Answer.TAKEN)
                ? Future.succeededFuture(Rang.YES)
                : presence.removeIfUnchanged(found.get()).map(Rang.STALE));
    }

    private static <T> Future<T> onContext(Executor context, Supplier<Future<T>> step) {
        Promise<T> done = Promise.promise();
        context.execute(() -> step.get().onComplete(done));
        return done.future();
    }

    /** Whoever is registered under this id, or under this nickname. */
    private Future<Optional<Presence>> find(AccountId idOrAlias) {
        return presence.find(idOrAlias).compose(row -> row.isPresent()
                ? Future.succeededFuture(row)
                : directory.resolve(idOrAlias).compose(account -> account.isEmpty()
                                || account.get().equals(idOrAlias)
                        ? Future.succeededFuture(Optional.empty())
                        : presence.find(account.get())));
    }

    /**
     * Passes a signal on, to this node or another. One that needs an answer and finds nobody, or a node that does not
     * take it within {@link #LAST_WORDS}, is answered here.
     */
    public void tell(SessionAddress to, Signal signal) {
        if (isHere(to)) {
            sessions.find(to.session())
                    .ifPresentOrElse(session -> session.tell(signal), () -> answerForAbsent(to, signal));
        } else if (needsAnswer(signal)) {
            bus.ask(LoopAddress.of(to), new NodeMessage.ForSession(to, signal), LAST_WORDS)
                    .onComplete(
                            taken -> {
                                if (taken.equals(NodeBus.Answer.NOT_HERE)) {
                                    answerForAbsent(to, signal);
                                }
                            },
                            nobodyKnows -> answerForAbsent(to, signal));
        } else {
            bus.send(LoopAddress.of(to), new NodeMessage.ForSession(to, signal));
        }
    }

    private boolean isHere(SessionAddress address) {
        return address.node().equals(self);
    }

    private static boolean needsAnswer(Signal signal) {
        return signal instanceof Signal.Accepted || signal instanceof Signal.Confirmed;
    }

    private void answerForAbsent(SessionAddress absent, Signal signal) {
        switch (signal) {
            case Signal.Rung(CallId call, Party caller) ->
                tell(caller.address(), new Signal.Answered(call, CallOutcome.UNAVAILABLE));
            case Signal.Accepted(CallId call, Party callee) -> tell(callee.address(), new Signal.Gone(call));
            case Signal.Confirmed(CallId call) ->
                tell(new SessionAddress(self, call.caller()), new Signal.Ended(call));
            case Signal.Asked(CallId call, Party asker, String about) ->
                tell(asker.address(), new Signal.Answered(call, CallOutcome.UNAVAILABLE));
            case Signal.Consented c -> {}
            case Signal.Withdrawn w -> {}
            case Signal.Answered a -> {}
            case Signal.Gone g -> {}
            case Signal.Ended e -> {}
        }
    }

    // ---- what other nodes say

    @Override
    public NodeBus.Answer received(NodeMessage message) {
        return switch (message) {
            case NodeMessage.ForSession(SessionAddress to, Signal signal) -> found(to.session(), s -> s.tell(signal));
            case NodeMessage.Evict(SessionId session, CloseReason reason) -> found(session, s -> s.evict(reason));
            case NodeMessage.OfBridge frame -> ofBridge(frame);
            case NodeMessage.AccountChanged(AccountId account, long epoch) -> {
                entitlement.recheck(account);
                yield NodeBus.Answer.TAKEN;
            }
            // the room's own receiver has these
            case NodeMessage.Signalling s -> NodeBus.Answer.NOT_HERE;
            case NodeMessage.Relay r -> NodeBus.Answer.NOT_HERE;
            case NodeMessage.Ping p -> NodeBus.Answer.TAKEN;
            // of a connection on which nothing passes the bus
            case NodeMessage.OfLink l -> NodeBus.Answer.NOT_HERE;
            // the node's own affair, which it takes before they come here
            case NodeMessage.OfNode o -> NodeBus.Answer.NOT_HERE;
            case NodeMessage.OfView(ViewMessage said) -> {
                view.received(said);
                yield NodeBus.Answer.TAKEN;
            }
        };
    }

    private NodeBus.Answer found(SessionId id, Consumer<LocalSession> action) {
        Optional<LocalSession> session = sessions.find(id);
        session.ifPresent(action);
        return session.isPresent() ? NodeBus.Answer.TAKEN : NodeBus.Answer.NOT_HERE;
    }

    /** On the session's own thread, in the order of arrival. */
    private NodeBus.Answer ofBridge(NodeMessage.OfBridge message) {
        Optional<LocalSession> session = sessions.find(message.to());
        if (session.isEmpty()) {
            return bridges.receivedAfterwards(message) ? NodeBus.Answer.TAKEN : NodeBus.Answer.NOT_HERE;
        }
        if (session.get().inContext()) {
            bridges.received(message, true);
        } else {
            // the session may go before its turn comes
            session.get().execute(
                    () -> bridges.received(message, sessions.find(message.to()).isPresent()));
        }
        return NodeBus.Answer.TAKEN;
    }

    /** The session is gone: what came for a bridge it never opened is dropped. On its context. */
    public void forget(SessionId session) {
        bridges.forget(session);
        seats.leave(session);
    }

    /**
     * The event loop that a session, about to be bridged to {@code partner}, should move to; empty: it is well where it
     * is. Before it sends or answers the word that may open the bridge: nothing of one must be on its way yet.
     */
    public Optional<EventLoop> seat(SessionId session, SessionAddress partner) {
        return isHere(partner) ? Optional.empty() : seats.take(session);
    }

    @Override
    public void nodeGone(NodeId node) {
        bridges.nodeGone(node);
        view.nodeGone(node);
        sessions.all().forEach(session -> session.nodeGone(node));
    }

    /** This end of the bridge that {@code call} led to. */
    public Bridge splice(CallId call, Party own, Party partner, boolean caller, BridgeEnd end) {
        return bridges.open(call, own, partner, caller, end);
    }

    /** The visible users' display names, in order, and how many there are with the invisible ones. */
    public Future<UserList> users() {
        return presence.list().map(rows -> new UserList(
                rows.stream().filter(Presence::visible).map(Presence::displayName).sorted().toList(), rows.size()));
    }

    /** What {@code ;users} shows. */
    public record UserList(List<String> visible, int total) {}

    /** Keeps the visibility with the account, over restarts, and shows or hides the session at once. */
    public Future<Void> setVisible(LocalSession session, AccountId account, boolean visible) {
        return directory
                .setVisible(account, visible)
                .compose(stored -> presence.setVisible(account, session.id(), visible));
    }

    /** How many users are registered in the cluster, about. */
    public int registeredUsers() {
        return presence.count();
    }
}
